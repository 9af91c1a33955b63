/** Attached files outside of the server: read, checked and copied by their hashes. */
import { createHash } from 'node:crypto';
import { constants, createReadStream, readdirSync } from 'node:fs';
import { copyFile, lstat, mkdir, open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';

const FOLDER = /^[0-9a-f]{2}$/;
const HASH = /^[0-9a-f]{64}$/;

/** Whether it is one: what a database of unknown hands calls a hash is made no path before. */
export function isHash(text: string): boolean {
  return HASH.test(text);
}

/** Where the bytes of a hash lie below the folder of all. */
function pathOf(root: string, hash: string): string {
  if (!isHash(hash)) throw new Error(`${JSON.stringify(hash)} is not the hash of a file.`);
  return join(root, hash.slice(0, 2), hash);
}

/** Whether the file there is what its name says, and no link; null: it is not there. */
export async function isWhole(root: string, hash: string): Promise<boolean | null> {
  const sum = createHash('sha256');
  const path = pathOf(root, hash);
  try {
    if (!(await lstat(path)).isFile()) return false;
    await pipeline(createReadStream(path), sum);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  return sum.digest('hex') === hash;
}

/**
 * Copies a file, flushed to the disk; false: there is none. What is no file, a link say, is refused. Shares its blocks
 * where the file system can.
 */
export async function copyTo(root: string, hash: string, to: string): Promise<boolean> {
  const [path, target] = [pathOf(root, hash), pathOf(to, hash)];
  await mkdir(dirname(target), { recursive: true, mode: 0o700 });
  try {
    if (!(await lstat(path)).isFile()) throw new Error(`${path} is not a file.`);
    await copyFile(path, target, constants.COPYFILE_FICLONE);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
  const handle = await open(target, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
  return true;
}

/** The hashes of all files that lie there. */
export function hashesIn(root: string): string[] {
  return namesIn(root)
    .filter((name) => FOLDER.test(name))
    .flatMap((name) => namesIn(join(root, name)).filter((file) => HASH.test(file)));
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
