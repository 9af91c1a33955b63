/**
 * Puts files that the binary carries where the system can load them from. What is loaded as code must be nobody else's:
 * the folder is this user's alone, and every file in it is compared with the binary's own bytes at each start.
 */
import { createHash, randomUUID } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  lstatSync,
  mkdirSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';

/** Bits of a mode that let others in. */
const FOR_OTHERS = 0o077;

const PIECE_BYTES = 64 * 1024;

/** Name, with slashes, and bytes. */
export type Files = ReadonlyMap<string, Uint8Array>;

/** Whose the files have to be; undefined where the system knows no owners. */
export type Owner = number | undefined;

/**
 * Gives the folder that holds exactly these files: one of its own for each content, so that two versions, or two that
 * start at once, do not meet.
 *
 * @param name of the content, by {@link contentName}: finding it out anew took a start some milliseconds
 * @param places folders to make it in, the best first; the next one is tried when one cannot be used
 * @throws what was wrong with the last place
 */
export function unpack(name: string, files: Files, places: readonly string[], owner: Owner): string {
  let trouble: unknown = new Error('there is no folder to unpack to');
  for (const place of places) {
    try {
      return unpackTo(join(place, name), place, files, owner);
    } catch (error) {
      trouble = error;
    }
  }
  throw trouble;
}

/** The same for the same files, and for no others. */
export function contentName(files: Files): string {
  const hash = createHash('sha256');
  for (const [name, bytes] of [...files].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    hash.update(`${name}\0${bytes.byteLength}\0`).update(bytes);
  }
  return hash.digest('hex').slice(0, 32);
}

function unpackTo(folder: string, place: string, files: Files, owner: Owner): string {
  for (const one of [place, folder]) ownFolder(one, owner);
  for (const [name, bytes] of files) {
    const file = join(folder, name);
    for (let parent = dirname(file); parent.length > folder.length; parent = dirname(parent)) ownFolder(parent, owner);
    if (!isThere(file, bytes, owner)) put(file, bytes);
  }
  return folder;
}

/** Makes a folder for this user alone, or sees that it is one. A link to one is none: whoever made it may turn it. */
function ownFolder(folder: string, owner: Owner): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const found = lstatSync(folder);
  if (!found.isDirectory()) throw new Error(`${folder} is no folder`);
  if (owner === undefined) return;
  if (found.uid !== owner) throw new Error(`${folder} belongs to somebody else`);
  if ((found.mode & FOR_OTHERS) !== 0) chmodSync(folder, 0o700);
}

function isThere(file: string, bytes: Uint8Array, owner: Owner): boolean {
  const found = lstatSync(file, { throwIfNoEntry: false });
  if (!found?.isFile() || found.size !== bytes.byteLength) return false;
  if (owner !== undefined && (found.uid !== owner || (found.mode & FOR_OTHERS) !== 0)) return false;
  return holds(file, bytes);
}

/** In pieces: read whole, the system would find new memory for all of it, to be looked at once. */
function holds(file: string, bytes: Uint8Array): boolean {
  const piece = Buffer.alloc(PIECE_BYTES);
  const descriptor = openSync(file, 'r');
  try {
    for (let at = 0; at < bytes.byteLength; ) {
      const read = readSync(descriptor, piece);
      if (read === 0 || at + read > bytes.byteLength || piece.compare(bytes, at, at + read, 0, read) !== 0)
        return false;
      at += read;
    }
    return true;
  } finally {
    closeSync(descriptor);
  }
}

/** Whole or not at all: somebody else may be loading what stands there. */
function put(file: string, bytes: Uint8Array): void {
  const next = `${file}.${randomUUID()}`;
  try {
    writeFileSync(next, bytes, { flag: 'wx', mode: 0o600 });
    renameSync(next, file);
  } catch (error) {
    rmSync(next, { force: true });
    throw error;
  }
}
