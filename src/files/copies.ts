/** Attached files between places: read, checked and copied by their hashes. */
import { createHash, randomUUID } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { nameOf, type Place } from './place.ts';

/** What opening or reading says of a link and of a folder. */
const NO_FILE: readonly unknown[] = ['ELOOP', 'EISDIR'];

/** Whether the file there is what its name says, and no link; null: it is not there. */
export async function isWhole(place: Place, hash: string): Promise<boolean | null> {
  const sum = createHash('sha256');
  try {
    const bytes = await place.read(hash);
    if (bytes === null) return null;
    await pipeline(bytes, sum);
  } catch (error) {
    if (NO_FILE.includes((error as NodeJS.ErrnoException).code)) return false;
    throw error;
  }
  return sum.digest('hex') === hash;
}

/** Copies a file into a folder of files, flushed to the disk; false: there is none. */
export async function copyTo(from: Place, hash: string, folder: string): Promise<boolean> {
  const target = join(folder, nameOf(hash));
  await mkdir(dirname(target), { recursive: true, mode: 0o700 });
  return from.fetch(hash, target);
}

/** Copies a file into a place for good, whole or not at all; false: there is none. */
export async function bringTo(place: Place, from: Place, file: { hash: string; size: number }): Promise<boolean> {
  const path = join(place.incoming, randomUUID());
  try {
    if (!(await from.fetch(file.hash, path))) return false;
    await place.bring({ ...file, path });
    await place.settle({ ...file, path });
    return true;
  } finally {
    await rm(path, { force: true });
  }
}

/** How many files are there that `kept` does not have. */
export async function straysIn(place: Place, kept: ReadonlySet<string>): Promise<number> {
  let strays = 0;
  for (const digit of '0123456789abcdef') {
    for await (const hash of place.list(digit)) if (!kept.has(hash)) strays += 1;
  }
  return strays;
}
