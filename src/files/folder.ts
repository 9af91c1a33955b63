/**
 * Files in a folder: `<root>/ab/abcd…`. In order of a power cut: bytes flushed (incoming.ts), renamed, both folders
 * flushed, and only then the row that speaks of them; the other way round the row goes first.
 */
import { randomUUID } from 'node:crypto';
import { constants, mkdirSync } from 'node:fs';
import { copyFile, lstat, mkdir, open, readdir, readFile, rename, rm, utimes, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { Readable } from 'node:stream';
import type { Incoming } from './incoming.ts';
import { type ByteRange, isHash, nameOf, type Place } from './place.ts';

export class Folder implements Place {
  readonly name: string;
  readonly shared: boolean;
  readonly incoming: string;
  /** What a disk suffers from is told by whatever meets it. */
  readonly trouble = null;
  private readonly root: string;

  /** Makes nothing: what is only read may be anybody's. */
  constructor(root: string, { shared = false }: { shared?: boolean } = {}) {
    this.root = resolve(root);
    this.name = this.root;
    this.shared = shared;
    this.incoming = join(this.root, 'incoming');
  }

  make(): void {
    mkdirSync(this.incoming, { recursive: true, mode: 0o700 });
  }

  private pathOf(hash: string): string {
    return join(this.root, nameOf(hash));
  }

  async bring(): Promise<void> {}

  async settle({ path, hash }: Incoming): Promise<void> {
    const target = this.pathOf(hash);
    const folder = dirname(target);
    // The same for all, or the time of whoever had these bytes first would be told to the next.
    await utimes(path, 0, 0);
    const made = await mkdir(folder, { recursive: true, mode: 0o700 });
    await rename(path, target);
    await flush(folder);
    if (made !== undefined) await flush(this.root);
  }

  async read(hash: string, range?: ByteRange): Promise<Readable | null> {
    // Nothing of this server's is a link: one would lead to a file of somebody else.
    const handle = await orNull(open(this.pathOf(hash), constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0)));
    return handle?.createReadStream({ ...range }) ?? null;
  }

  /** Shares its blocks where the file system can. What is no file, a link say, is refused. */
  async fetch(hash: string, path: string): Promise<boolean> {
    const from = this.pathOf(hash);
    const stat = await orNull(lstat(from));
    if (stat === null) return false;
    if (!stat.isFile()) throw new Error(`${from} is not a file.`);
    const copied = await orNull(copyFile(from, path, constants.COPYFILE_FICLONE).then(() => true));
    if (copied !== null) await flush(path);
    return copied ?? false;
  }

  async has(hash: string): Promise<boolean> {
    return (await orNull(lstat(this.pathOf(hash))))?.isFile() ?? false;
  }

  /** Out of its place at once; the disk takes its time. */
  async remove(hash: string): Promise<void> {
    const gone = join(this.incoming, randomUUID());
    const moved = await orNull(rename(this.pathOf(hash), gone).then(() => true));
    if (moved) await rm(gone, { force: true });
  }

  async *list(digit: string): AsyncGenerator<string> {
    for (const folder of await namesIn(this.root)) {
      if (!/^[0-9a-f]{2}$/.test(folder) || !folder.startsWith(digit)) continue;
      yield* (await namesIn(join(this.root, folder))).filter(isHash);
    }
  }

  readNote(name: string): Promise<string | null> {
    return orNull(readFile(join(this.root, name), 'utf8'));
  }

  async writeNote(name: string, text: string): Promise<void> {
    const draft = join(this.incoming, randomUUID());
    await writeFile(draft, text, { mode: 0o600, flush: true });
    await rename(draft, join(this.root, name));
    await flush(this.root);
  }

  async probe(): Promise<void> {}

  async close(): Promise<void> {}
}

/** Null where the file is not there. */
async function orNull<T>(asked: Promise<T>): Promise<T | null> {
  try {
    return await asked;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

async function namesIn(folder: string): Promise<string[]> {
  return (await orNull(readdir(folder))) ?? [];
}

/** A file or a folder, to the disk. */
export async function flush(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
