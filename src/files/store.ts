/**
 * The bytes of attachments and pictures, in one place (place.ts), named by their SHA-256, so that the same file is kept
 * once. Which of them are kept is said by the database alone; `mend` makes the place agree with it.
 *
 * Bytes are there for good before a row speaks of them, and go when none does any more. Several servers may share place
 * and database: what is done about the bytes of one hash from the last look at the database on is done under a lock of all.
 */
import { randomUUID } from 'node:crypto';
import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { type Incoming, type IncomingLimits, receive } from './incoming.ts';
import { claim } from './owner.ts';
import { type ByteRange, type Place, PlaceError } from './place.ts';
import { storageRefusal } from './storage-refusal.ts';

type IsKept = (hash: string) => Promise<boolean>;

export interface FileStoreOptions {
  place: Place;
  /** Runs `work` while nobody else, on any server, runs some of the same name. */
  exclusively: <T>(name: string, work: () => Promise<T>) => Promise<T>;
  /** Whose files they are: kept beside them where others might have theirs too. */
  owner: string;
  onError: (error: unknown) => void;
}

/** Half an upload of another server's that has not grown for so long is nobody's any more (ms). */
const LEFT_MS = 60 * 60 * 1000;
/** Files that are taken away at once. */
const AT_ONCE = 4;
/** Between two questions whether a place that did not do its part does it again (ms). */
const PROBE_MS = 5_000;

export class FileStore {
  private readonly place: Place;
  private readonly exclusively: FileStoreOptions['exclusively'];
  private readonly onError: (error: unknown) => void;
  /** Whether the database speaks of these bytes now. */
  private isKept: IsKept = async () => true;
  /** Bytes that may be nobody's any more, and are to be looked at. */
  private readonly due = new Set<string>();
  private readonly workers = new Set<Promise<void>>();
  private working = 0;
  private readonly owner: string;
  /** Whether it is known that nobody else's files are there: what they have is not to be taken away. */
  private claimed = false;
  private probing: NodeJS.Timeout | null = null;
  private toldTrouble: string | null = null;
  private closed = false;

  constructor({ place, exclusively, owner, onError }: FileStoreOptions) {
    this.place = place;
    this.exclusively = (hash, work) => exclusively(`file ${hash}`, work);
    this.owner = owner;
    this.onError = onError;
  }

  /** Whether other servers may keep their files there too: looking at all of it may take long. */
  get isShared(): boolean {
    return this.place.shared;
  }

  /** Why no file can be kept or read right now; null when all is well. */
  get trouble(): string | null {
    return this.place.trouble;
  }

  /** The bytes, in pieces; null when they are not there (any more). Throws a `Refusal` where the place is in trouble. */
  async read(hash: string, range?: ByteRange): Promise<Readable | null> {
    try {
      return await this.place.read(hash, range);
    } catch (error) {
      throw this.told(error);
    }
  }

  /** Streams `source` into a file of its own, which is kept by {@link keep} or dropped by {@link drop}. */
  async receive(source: Readable, limits: IncomingLimits): Promise<Incoming> {
    try {
      return await receive(source, join(this.place.incoming, randomUUID()), limits);
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
    try {
      await this.place.bring(file);
      return await this.exclusively(file.hash, async () => {
        await this.place.settle(file);
        return commit();
      });
    } catch (error) {
      this.remove([file.hash]);
      throw this.told(error);
    }
  }

  /** What is wrong with the storage is for whoever looks after it; who asks is told that it is. */
  private told(error: unknown): unknown {
    const refusal = storageRefusal(error);
    if (refusal !== null) this.log(error);
    this.watch();
    return refusal ?? error;
  }

  /** A place's trouble is logged when it begins, and not by everybody who meets it. */
  private log(error: unknown): void {
    if (!(error instanceof PlaceError)) this.onError(error);
    else if (this.toldTrouble !== error.message) this.onError(error);
    if (error instanceof PlaceError) this.toldTrouble = error.message;
  }

  /** Asks a place that is in trouble until it is not: what was to go goes then. */
  private watch(): void {
    if (this.place.trouble === null || this.probing !== null || this.closed) return;
    this.probing = setTimeout(async () => {
      await this.place.probe();
      this.probing = null;
      this.watch();
      if (this.place.trouble !== null) return;
      this.toldTrouble = null;
      this.removeDue();
    }, PROBE_MS).unref();
  }

  /** Takes away bytes that no row speaks of any more, beside what asks for it. */
  remove(hashes: readonly string[]): void {
    for (const hash of hashes) this.due.add(hash);
    this.removeDue();
  }

  /** Goes on with what could not be taken away before. */
  removeDue(): void {
    while (this.working < Math.min(AT_ONCE, this.due.size)) {
      const worker = this.work();
      this.workers.add(worker);
      void worker.then(() => this.workers.delete(worker));
    }
  }

  private async work(): Promise<void> {
    this.working += 1;
    for (const hash of this.due) {
      this.due.delete(hash);
      try {
        await this.removeUnkept(hash);
      } catch (error) {
        this.due.add(hash);
        this.log(error);
        this.watch();
        break;
      }
    }
    this.working -= 1;
  }

  private removeUnkept(hash: string): Promise<void> {
    return this.exclusively(hash, async () => {
      await this.claim();
      if (!(await this.isKept(hash))) await this.place.remove(hash);
    });
  }

  /** At the start: throws a {@link PlaceError} where the place refuses this server. One that is away may come back. */
  async begin(): Promise<void> {
    try {
      await this.claim();
    } catch (error) {
      if (!(error instanceof PlaceError) || error.isRefusal) throw error;
      this.log(error);
      this.watch();
    }
  }

  /** Throws a {@link PlaceError} where the files of another Parley lie, or where it cannot be asked. */
  private async claim(): Promise<void> {
    if (this.claimed) return;
    await claim(this.place, this.owner);
    this.claimed = true;
  }

  /**
   * Makes the place agree with the database: what broke off goes, and so do files that no row speaks of.
   *
   * @param kept the hashes that rows speak of, of those that begin with a hex digit
   * @param isKept asked again and again while the server runs
   * @returns the hashes that rows speak of and that are not there
   */
  async mend(kept: (digit: string) => Promise<Set<string>>, isKept: IsKept): Promise<string[]> {
    this.isKept = isKept;
    await this.mendIncoming();
    await this.claim();
    const missing: string[] = [];
    for (const digit of '0123456789abcdef') {
      const known = await kept(digit);
      for await (const hash of this.place.list(digit)) if (!known.delete(hash)) await this.removeUnkept(hash);
      // Others' may have gone while this looked.
      for (const hash of known) if (!this.place.shared || (await isKept(hash))) missing.push(hash);
    }
    return missing;
  }

  private async mendIncoming(): Promise<void> {
    const { incoming, shared } = this.place;
    for (const name of await readdir(incoming)) {
      const path = join(incoming, name);
      const touched = shared
        ? await stat(path).then(
            ({ mtimeMs }) => mtimeMs,
            () => Number.POSITIVE_INFINITY,
          )
        : 0;
      if (touched < Date.now() - LEFT_MS) await rm(path, { force: true });
    }
  }

  /** Resolves when what is being taken away is. */
  async close(): Promise<void> {
    this.closed = true;
    if (this.probing !== null) clearTimeout(this.probing);
    await Promise.all(this.workers);
    await this.place.close();
  }
}
