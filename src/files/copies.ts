/** Attached files outside of the server: read, checked and copied by their hashes. */
import { createHash } from 'node:crypto';
import { constants, createReadStream, readdirSync } from 'node:fs';
import { copyFile, mkdir, open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';

const FOLDER = /^[0-9a-f]{2}$/;
const HASH = /^[0-9a-f]{64}$/;

/** Where the bytes of a hash lie below the folder of all. */
function pathOf(root: string, hash: string): string {
  return join(root, hash.slice(0, 2), hash);
}

/** Whether the file there is what its name says; null: it is not there. */
export async function isWhole(root: string, hash: string): Promise<boolean | null> {
  const sum = createHash('sha256');
  try {
    await pipeline(createReadStream(pathOf(root, hash)), sum);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  return sum.digest('hex') === hash;
}

/** Copies a file, flushed to the disk; false: there is none. Shares its blocks where the file system can. */
export async function copyTo(root: string, hash: string, to: string): Promise<boolean> {
  const target = pathOf(to, hash);
  await mkdir(dirname(target), { recursive: true, mode: 0o700 });
  try {
    await copyFile(pathOf(root, hash), target, constants.COPYFILE_FICLONE);
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
