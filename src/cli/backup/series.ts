/**
 * Backups that follow one another in a folder, of which so many are kept. What Parley removes, it has made: it goes by the
 * name, which says whose it is and when it was made, and by the manifest, which has to say the same.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { lstat, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { StartError } from '../../db/start-error.ts';
import { MANIFEST, parseManifest, SECRET } from './backup-folder.ts';
import { type Backup, type BackupJob, makeBackup, nameOf, PARTIAL } from './make-backup.ts';

/** Enough of a hash to tell servers apart. */
const SERIES_LENGTH = 12;

export interface Kept {
  path: string;
  /** ms */
  at: number;
}

/**
 * The name of a server's own backups: of two that keep theirs in one folder, none takes away the other's. It comes from
 * the secret, which stays what it is over restores and moves. Throws a `StartError` where there is none.
 */
export function seriesOf(data: string): string {
  const file = join(data, SECRET);
  try {
    const sum = createHash('sha256').update(`backups of\0${readFileSync(file, 'utf8').trim()}`);
    return sum.digest('hex').slice(0, SERIES_LENGTH);
  } catch (error) {
    throw new StartError(`${file} cannot be read (${(error as Error).message}): a first start makes it.`, {
      cause: error,
    });
  }
}

/** The whole ones of a series, the newest first. A folder that is not there holds none. */
export async function keptIn(folder: string, series: string): Promise<Kept[]> {
  const found: Kept[] = [];
  for (const name of await namesIn(folder, series)) {
    const at = await madeAt(join(folder, name));
    if (at !== null && nameOf(new Date(at), series) === name) found.push({ path: join(folder, name), at });
  }
  return found.sort((a, b) => b.at - a.at);
}

/** Makes the next one of a series; then the oldest go, so that `keep` are left. Gives what was removed too. */
export async function makeNext(
  job: BackupJob & { series: string; keep: number },
): Promise<Backup & { removed: string[] }> {
  const { to, series, keep } = job;
  // Halves of what was cut off.
  for (const name of await namesIn(to, series)) {
    if (name.endsWith(PARTIAL) && (await isFolder(join(to, name)))) await rm(join(to, name), { recursive: true });
  }
  const made = await makeBackup(job);
  const removed: string[] = [];
  for (const { path } of (await keptIn(to, series)).filter((one) => one.path !== made.path).slice(keep - 1)) {
    // Half of it must not pass for a whole one when this is cut off.
    await rename(path, `${path}${PARTIAL}`);
    await rm(`${path}${PARTIAL}`, { recursive: true });
    removed.push(path);
  }
  return { ...made, removed };
}

/** Of whole and half ones. */
async function namesIn(folder: string, series: string): Promise<string[]> {
  try {
    return (await readdir(folder)).filter((name) => name.startsWith(`parley-${series}-`));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/** Null: it is no backup that is whole, or a link to one. */
async function madeAt(path: string): Promise<number | null> {
  if (!(await isFolder(path))) return null;
  try {
    return Date.parse(parseManifest(await readFile(join(path, MANIFEST), 'utf8')).createdAt);
  } catch {
    return null;
  }
}

async function isFolder(path: string): Promise<boolean> {
  return (await lstat(path).catch(() => null))?.isDirectory() ?? false;
}
