/**
 * Puts a backup in the place of what a data folder holds. Everything is checked and copied beside it first; what was there
 * is kept aside. Cut off anywhere, the next start has the old or the new, each whole.
 */
import { chmodSync, copyFileSync, existsSync, lstatSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ownerOfFiles } from '../../chat/people/secret.ts';
import { flush } from '../../db/copy.ts';
import { lockFolder } from '../../db/lock.ts';
import { readPosition } from '../../db/position-file.ts';
import { type ConnectionOptions, openForWriting } from '../../db/pragmas.ts';
import { finishReplacement, replaceContents, stagingIn } from '../../db/replacement.ts';
import { StartError } from '../../db/start-error.ts';
import { bringTo, copyTo } from '../../files/copies.ts';
import { Folder } from '../../files/folder.ts';
import { claim } from '../../files/owner.ts';
import type { Place } from '../../files/place.ts';
import { DATABASE, FILES, inspectFolder, type Manifest, readManifest, SECRET } from './backup-folder.ts';

export interface RestoreJob {
  backup: string;
  data: string;
  /** Where the attached files go; absent or null: into the data folder, in the place of those that are there. */
  files?: Place | null;
  now: Date;
  /** Clients that know the old life of the file must read everything anew. */
  newEpoch: () => string;
  pid: number;
  connection: ConnectionOptions;
  onProgress: (what: string, share: number) => void;
}

export interface Restored extends Manifest {
  /** Where what was there before lies now; null: there was nothing. */
  aside: string | null;
}

/** Throws a `StartError`, and has changed nothing then, where the backup is not whole or a server is at work. */
export async function restoreBackup(job: RestoreJob): Promise<Restored> {
  const { backup, data, files = null, now, pid, connection, onProgress } = job;
  const manifest = readManifest(backup);
  onProgress('checking the backup', 0);
  const { findings, held } = await inspectFolder(backup, {
    ...connection,
    missing: manifest.missing,
    onFile: (done, of) => onProgress('checking the backup', done / of),
  });
  if (held === null || findings.length > 0) {
    throw new StartError(
      `${backup} is not whole, nothing was changed: ${findings.map(({ what }) => what).join('; ')}.`,
    );
  }
  const link = [DATABASE, SECRET].find((name) => !isFileOrNothing(join(backup, name)));
  if (link !== undefined) throw new StartError(`${link} in ${backup} is not a file, nothing was changed.`);
  mkdirSync(data, { recursive: true, mode: 0o700 });
  const release = lockFolder(data, { pid, ...connection });
  try {
    // Of one that was cut off.
    finishReplacement(data);
    const missing = new Set(manifest.missing);
    const there = held.files.filter(({ hash }) => !missing.has(hash));
    const former = ownerIn(data);
    const owner = ownerIn(backup) ?? former;
    await stage(stagingIn(data), job, there, former ?? owner).catch((error) => {
      rmSync(stagingIn(data), { recursive: true, force: true });
      throw error;
    });
    emptyLog(join(data, DATABASE), connection);
    const aside = replaceContents(data, now);
    if (files && owner !== null) await claim(files, owner, former);
    return { ...manifest, aside };
  } finally {
    release();
  }
}

async function stage(
  staging: string,
  { backup, data, files, newEpoch, connection, onProgress }: RestoreJob,
  held: readonly { hash: string; size: number }[],
  owner: string | null,
): Promise<void> {
  mkdirSync(staging, { recursive: true, mode: 0o700 });
  for (const name of [DATABASE, SECRET]) {
    if (!existsSync(join(backup, name))) continue;
    copyFileSync(join(backup, name), join(staging, name));
    chmodSync(join(staging, name), 0o600);
    flush(join(staging, name));
  }
  const from = new Folder(join(backup, FILES));
  if (files) {
    if (owner !== null) await claim(files, owner);
    files.make();
  } else mkdirSync(join(staging, FILES), { recursive: true, mode: 0o700 });
  for (const [place, file] of held.entries()) {
    // What comes beside others' files harms none of them: each is named by what is in it.
    if (files) await bringTo(files, from, file);
    else await copyTo(from, file.hash, join(staging, FILES));
    onProgress('copying files', (place + 1) / held.length);
  }
  const database = openForWriting(join(staging, DATABASE), connection);
  try {
    const begin = database.prepare('update meta set epoch = ?, position = max(position, ?)');
    begin.run(newEpoch(), readPosition(data));
  } finally {
    database.close();
  }
  flush(join(staging, DATABASE));
}

/** Whose the files of a data folder or a backup are, by its secret; null: it has none. */
function ownerIn(folder: string): string | null {
  const file = join(folder, SECRET);
  return existsSync(file) ? ownerOfFiles(Buffer.from(readFileSync(file, 'utf8').trim(), 'hex')) : null;
}

/** Where it can be: what is damaged keeps its log, aside. */
function emptyLog(file: string, connection: ConnectionOptions): void {
  if (!existsSync(file)) return;
  try {
    openForWriting(file, { ...connection, fileMustExist: true }).close();
  } catch {
    // That is why it is replaced.
  }
}

/** Of what is copied by its bytes a link would bring those of a file elsewhere. */
function isFileOrNothing(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isFile() ?? true;
}
