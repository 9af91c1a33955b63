/**
 * The bytes of attachments: `files/ab/abcd…`, named by their SHA-256, so that the same file is kept once. Which of them
 * are kept is said by the database alone; after a crash `mend` makes the folder agree with it.
 *
 * In order of a power cut: bytes flushed, renamed, both folders flushed, and only then the row that speaks of them;
 * the other way round the row goes first.
 */
import { randomUUID } from 'node:crypto';
import { mkdirSync, renameSync } from 'node:fs';
import { mkdir, open, readdir, rename, rm, utimes } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { type Incoming, type IncomingLimits, receive } from './incoming.ts';
import { storageRefusal } from './storage-refusal.ts';

const HASH = /^[0-9a-f]{64}$/;

type IsKept = (hash: string) => Promise<boolean>;

export interface FileStoreOptions {
  /** The data folder. */
  folder: string;
  onError: (error: unknown) => void;
}

export class FileStore {
  /** Where the files lie: `<root>/ab/abcd…`. */
  readonly root: string;
  private readonly incoming: string;
  private readonly onError: (error: unknown) => void;
  /** How many uploads are between the rename and the commit of these bytes. */
  private readonly held = new Map<string, number>();
  /** How many uploads have begun to be kept. */
  private begun = 0;
  /** Whether the database speaks of these bytes now. */
  private isKept: IsKept = async () => true;

  constructor({ folder, onError }: FileStoreOptions) {
    // Whole: what serves a file by its name wants to be told where it lies, wherever the server was started.
    this.root = resolve(folder, 'files');
    this.incoming = join(this.root, 'incoming');
    this.onError = onError;
    mkdirSync(this.incoming, { recursive: true, mode: 0o700 });
  }

  /** The file's name below {@link root}. */
  nameOf(hash: string): string {
    if (!HASH.test(hash)) throw new Error('a file is named by its hash');
    return join(hash.slice(0, 2), hash);
  }

  /** The bytes, in pieces; null when they are not there (any more). */
  async read(hash: string): Promise<AsyncIterable<Uint8Array> | null> {
    try {
      const handle = await open(join(this.root, this.nameOf(hash)), 'r');
      return handle.createReadStream();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw error;
    }
  }

  /** Streams `source` into a file of its own, which is kept by {@link keep} or dropped by {@link drop}. */
  async receive(source: Readable, limits: IncomingLimits): Promise<Incoming> {
    try {
      return await receive(source, join(this.incoming, randomUUID()), limits);
    } catch (error) {
      throw this.told(error);
    }
  }

  async drop({ path }: Incoming): Promise<void> {
    await rm(path, { force: true });
  }

  /**
   * Puts what was received into its place for good, and has `commit` say so in the database. Where that fails the
   * bytes go, unless others have them.
   */
  async keep<T>(file: Incoming, commit: () => PromiseLike<T>): Promise<T> {
    const { hash } = file;
    this.begun += 1;
    this.held.set(hash, (this.held.get(hash) ?? 0) + 1);
    try {
      await this.place(file);
      return await commit();
    } catch (error) {
      throw this.told(error);
    } finally {
      await this.release(hash);
    }
  }

  /** What is wrong with the storage is for whoever looks after it; who uploads is told that it is. */
  private told(error: unknown): unknown {
    const refusal = storageRefusal(error);
    if (refusal !== null) this.onError(error);
    return refusal ?? error;
  }

  private async place({ path, hash }: Incoming): Promise<void> {
    const target = join(this.root, this.nameOf(hash));
    const folder = dirname(target);
    // The same for all, or the time of whoever had these bytes first would be told to the next.
    await utimes(path, 0, 0);
    const made = await mkdir(folder, { recursive: true, mode: 0o700 });
    await rename(path, target);
    await flushFolder(folder);
    if (made !== undefined) await flushFolder(this.root);
  }

  private async release(hash: string): Promise<void> {
    const left = (this.held.get(hash) ?? 1) - 1;
    if (left > 0) {
      this.held.set(hash, left);
      return;
    }
    this.held.delete(hash);
    try {
      for (;;) {
        const { begun } = this;
        const kept = await this.isKept(hash);
        if (kept) return;
        // The answer may be older than what was kept meanwhile.
        if (begun === this.begun) break;
      }
      this.remove([hash]);
    } catch (error) {
      // What became of the upload is said already.
      this.onError(error);
    }
  }

  /** Takes away bytes that no row speaks of any more; those that are being uploaded anew wait for how that ends. */
  remove(hashes: readonly string[]): void {
    for (const hash of hashes) {
      if (!this.held.has(hash)) this.takeAway(hash);
    }
  }

  /** Out of its place at once, so that an upload of the same bytes cannot meet it; the disk takes its time. */
  private takeAway(hash: string): void {
    const gone = join(this.incoming, randomUUID());
    try {
      renameSync(join(this.root, this.nameOf(hash)), gone);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') this.onError(error);
      return;
    }
    rm(gone, { force: true }).catch(this.onError);
  }

  /**
   * Makes the folder agree with the database: what broke off goes, and so do files that no row speaks of.
   *
   * @param kept the hashes that rows speak of, of those that begin with a hex digit
   * @param isKept asked again and again while the server runs
   * @returns the hashes that rows speak of and that are not there
   */
  async mend(kept: (prefix: string) => Promise<Set<string>>, isKept: IsKept): Promise<string[]> {
    this.isKept = isKept;
    for (const name of await readdir(this.incoming)) await rm(join(this.incoming, name), { force: true });
    const missing: string[] = [];
    const folders = await namesIn(this.root);
    for (const digit of '0123456789abcdef') {
      const known = await kept(digit);
      for (const folder of folders.filter((one) => /^[0-9a-f]{2}$/.test(one) && one.startsWith(digit))) {
        for (const name of await namesIn(join(this.root, folder))) {
          if (!known.delete(name)) await rm(join(this.root, folder, name), { force: true });
        }
      }
      missing.push(...known);
    }
    return missing;
  }
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

async function flushFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
