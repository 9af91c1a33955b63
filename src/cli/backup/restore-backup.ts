/**
 * Puts a backup in the place of what a data folder holds. Everything is checked and copied beside it first; what was there
 * is kept aside. Cut off anywhere, the folder has the old database or the new one, each whole.
 */
import { chmodSync, copyFileSync, existsSync, linkSync, lstatSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { flush } from '../../db/copy.ts';
import { lockFolder } from '../../db/lock.ts';
import { readPosition } from '../../db/position-file.ts';
import { type ConnectionOptions, openForWriting } from '../../db/pragmas.ts';
import { StartError } from '../../db/start-error.ts';
import { copyTo } from '../../files/copies.ts';
import { DATABASE, FILES, inspectFolder, type Manifest, readManifest, SECRET } from './backup-folder.ts';

export interface RestoreJob {
  backup: string;
  data: string;
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
  const { backup, data, pid, connection, onProgress } = job;
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
    const staging = join(data, 'restoring');
    rmSync(staging, { recursive: true, force: true });
    const missing = new Set(manifest.missing);
    const there = held.files.filter(({ hash }) => !missing.has(hash));
    await stage(staging, job, there);
    const aside = swap(staging, job);
    rmSync(staging, { recursive: true, force: true });
    return { ...manifest, aside };
  } finally {
    release();
  }
}

async function stage(
  staging: string,
  { backup, data, newEpoch, connection, onProgress }: RestoreJob,
  files: readonly { hash: string }[],
): Promise<void> {
  mkdirSync(join(staging, FILES), { recursive: true, mode: 0o700 });
  for (const name of [DATABASE, SECRET]) {
    if (!existsSync(join(backup, name))) continue;
    copyFileSync(join(backup, name), join(staging, name));
    chmodSync(join(staging, name), 0o600);
    flush(join(staging, name));
  }
  for (const [place, { hash }] of files.entries()) {
    await copyTo(join(backup, FILES), hash, join(staging, FILES));
    onProgress('copying files', (place + 1) / files.length);
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

/** The database last, by one rename: until then the old one stands, from then on the new one. */
function swap(staging: string, { data, now, connection }: RestoreJob): string | null {
  const aside = join(data, `before-restore-${now.toISOString().replaceAll(/[:.]/g, '-')}`);
  const had = [DATABASE, FILES, SECRET].some((name) => existsSync(join(data, name)));
  mkdirSync(aside, { mode: 0o700 });
  emptyLog(join(data, DATABASE), connection);
  // A log belongs to its database alone: beside another one it would spoil it.
  for (const name of [`${DATABASE}-wal`, `${DATABASE}-shm`, FILES]) move(join(data, name), join(aside, name));
  renameSync(join(staging, FILES), join(data, FILES));
  for (const name of [SECRET, DATABASE]) {
    if (existsSync(join(data, name))) keep(join(data, name), join(aside, name));
    if (existsSync(join(staging, name))) renameSync(join(staging, name), join(data, name));
  }
  move(join(data, 'position'), join(aside, 'position'));
  flush(aside);
  flush(data);
  if (!had) rmSync(aside, { recursive: true, force: true });
  return had ? aside : null;
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

function move(from: string, to: string): void {
  if (existsSync(from)) renameSync(from, to);
}

/** A second name for it, so that its first may be taken by another; a copy where there are no second names. */
function keep(from: string, to: string): void {
  try {
    linkSync(from, to);
  } catch {
    copyFileSync(from, to);
    flush(to);
  }
}
