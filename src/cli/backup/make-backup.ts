/** Makes a backup of a data folder, whether a server works in it or not. */
import { chmodSync, copyFileSync, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { copyDatabase, flush } from '../../db/copy.ts';
import { inspectWhole } from '../../db/findings.ts';
import type { ConnectionOptions } from '../../db/pragmas.ts';
import { isBeingReplaced } from '../../db/replacement.ts';
import { StartError } from '../../db/start-error.ts';
import { copyTo } from '../../files/copies.ts';
import { Folder } from '../../files/folder.ts';
import type { Place } from '../../files/place.ts';
import { DATABASE, FILES, inspectFolder, MANIFEST, type Manifest, SECRET } from './backup-folder.ts';

/** What a name ends with until all of it is there. */
export const PARTIAL = '.partial';

export interface BackupJob {
  data: string;
  /** Where the attached files are; absent or null: in the data folder. */
  files?: Place | null;
  /** The folder that it is made in; it gets a name of its own there. */
  to: string;
  /** Of which series it is, see series.ts; null: of none, and whoever made it removes it. */
  series?: string | null;
  version: string;
  now: Date;
  connection: ConnectionOptions;
  /** What is being done, and how far, 0 to 1. */
  onProgress: (what: string, share: number) => void;
}

export interface Backup extends Manifest {
  path: string;
}

/** In the order of their names as in that of their times. */
export function nameOf(now: Date, series: string | null): string {
  return ['parley', ...(series === null ? [] : [series]), now.toISOString().replaceAll(/[:.]/g, '-')].join('-');
}

/** Verified by reading it back, every byte. Throws, and leaves nothing behind, where it could not be made whole. */
export async function makeBackup(job: BackupJob): Promise<Backup> {
  const { data, to, now, series = null } = job;
  if (isBeingReplaced(data)) {
    throw new StartError(`A restore was cut off in ${data}: start the server or restore again, which finishes it.`);
  }
  if (!existsSync(join(data, DATABASE))) throw new StartError(`There is no ${DATABASE} in ${data}.`);
  const path = join(to, nameOf(now, series));
  const partial = `${path}${PARTIAL}`;
  mkdirSync(to, { recursive: true, mode: 0o700 });
  makeNew(partial);
  try {
    const manifest = await fill(partial, job);
    writeFileSync(join(partial, MANIFEST), `${JSON.stringify(manifest, null, 2)}\n`, { mode: 0o600, flush: true });
    flush(partial);
    renameSync(partial, path);
    flush(to);
    return { path, ...manifest };
  } catch (error) {
    rmSync(partial, { recursive: true, force: true });
    throw error;
  }
}

/** Never through what lies there already, a link to another folder say. */
function makeNew(folder: string): void {
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    throw new StartError(`${folder} is there already: take it away first.`, { cause: error });
  }
}

async function fill(
  folder: string,
  { data, files, version, now, connection, onProgress }: BackupJob,
): Promise<Manifest> {
  const copy = join(folder, DATABASE);
  writeFileSync(copy, '', { mode: 0o600, flag: 'wx' });
  await copyDatabase(join(data, DATABASE), copy, connection, (share) => onProgress('copying the database', share));
  if (existsSync(join(data, SECRET))) {
    copyFileSync(join(data, SECRET), join(folder, SECRET));
    chmodSync(join(folder, SECRET), 0o600);
    flush(join(folder, SECRET));
  }
  onProgress('checking the database', 0);
  const { findings, held } = inspectWhole(copy, connection);
  if (held === null) throw new StartError(`It would be no backup: ${findings.map(({ what }) => what).join('; ')}.`);
  const from = files ?? new Folder(join(data, FILES));
  const missing: string[] = [];
  for (const [place, { hash }] of held.files.entries()) {
    // What is erased while it is made is missing in it, as it is in the server.
    if (!(await copyTo(from, hash, join(folder, FILES)))) missing.push(hash);
    onProgress('copying files', (place + 1) / held.files.length);
  }
  const read = await inspectFolder(folder, {
    ...connection,
    missing,
    onFile: (done, of) => onProgress('checking files', done / of),
  });
  const [wrong] = read.findings;
  if (wrong !== undefined) throw new StartError(`It would be no backup: ${wrong.what}.`);
  return {
    version,
    createdAt: now.toISOString(),
    schema: held.schema,
    conversations: held.conversations,
    messages: held.messages,
    files: held.files.length - missing.length,
    missing,
  };
}
