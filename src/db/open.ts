/** Opens the data folder: lock, look, migrate, connections, clock. The only place that knows the file's name. */
import { accessSync, closeSync, constants, existsSync, mkdirSync, openSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type Database from 'better-sqlite3';
import { type BetterSQLite3Database, drizzle } from 'drizzle-orm/better-sqlite3';
import { nobodyElse } from './bus.ts';
import { allDuties } from './duties.ts';
import { inspect } from './inspect.ts';
import type { Judge } from './judge.ts';
import { removeLeftOver } from './left-over.ts';
import { lockFolder } from './lock.ts';
import { migrate } from './migrate.ts';
import { PassingInMemory } from './passing.ts';
import { readPosition, writePosition } from './position-file.ts';
import { openForReading, openForWriting } from './pragmas.ts';
import type { Questions } from './questions.ts';
import { ReaderThreads, type ThreadReadings } from './reader-threads.ts';
import type { ReadersSource } from './readers.ts';
import { finishReplacement } from './replacement.ts';
import { meta } from './schema/meta.ts';
import { ensureSearchIndex } from './search-index.ts';
import { readOrMakeSecret } from './secret-file.ts';
import { oneState, sqliteQuestions } from './sqlite-questions.ts';
import { SqliteWriter, type SqliteWriterOptions } from './sqlite-writer.ts';
import { StartError } from './start-error.ts';
import { TurnsByName } from './turns-by-name.ts';

export type Reader = BetterSQLite3Database & { $client: Database.Database };

export interface StoreOptions extends Omit<SqliteWriterOptions, 'reopen' | 'onTrouble'> {
  folder: string;
  /** Path of the driver's addon where it does not lie in node_modules. */
  nativeBinding?: string;
  /** Of this process: told to whoever tries to use the folder too. */
  pid: number;
  /** Slow readings that may wait; past it one is refused at once with `OVERLOADED`. */
  maxWaitingReadings?: number;
  newEpoch: () => string;
  log?: (text: string, details?: object) => void;
}

const CHECKPOINT_MS = 60_000;
const READER_THREADS = 2;
/** Slow readings that may wait where nothing else is said. */
const MAX_WAITING_READINGS = 100;

/** What a checkpoint tells: whether somebody kept it from its end, and of how many pages of the log how many were copied. */
interface Checkpointed {
  busy: number;
  log: number;
  checkpointed: number;
}

/** The open data folder. Readings are synchronous over a connection that cannot write. */
export class Store {
  readonly reader: Reader;
  /** What readings ask. */
  readonly questions: Questions;
  /** Has a reading see one state of everything, whatever it asks and whatever is written meanwhile. */
  readonly reading: <T>(read: () => Promise<T>) => Promise<T>;
  readonly epoch: string;
  readonly bus = nobodyElse;
  readonly folder: string;
  /** Why nothing can be written right now; null when all is well. */
  trouble: string | null = null;
  readonly duties = allDuties;
  private readonly file: string;
  private readonly options: StoreOptions;
  private readonly release: () => void;
  private readonly database: Database.Database;
  private writer: SqliteWriter<unknown, unknown> | null = null;
  private readonly threads: ReaderThreads<ThreadReadings>[] = [];
  private readonly turns = new TurnsByName();
  private readonly checkpointer: NodeJS.Timeout;
  private checkpointed = 0;
  /** A log was found whose writer did not end well, or rows were migrated: what was taken away may stand in it. */
  private readonly inherited: boolean;

  /** Throws {@link StartError} and changes nothing when the folder cannot be used. */
  constructor(options: StoreOptions) {
    this.options = options;
    this.folder = options.folder;
    this.file = join(options.folder, 'parley.db');
    makeFolder(options.folder);
    this.release = lockFolder(options.folder, { pid: options.pid, ...binding(options) });
    let isNew = false;
    let database: Database.Database | undefined;
    try {
      const replaced = finishReplacement(options.folder);
      if (replaced !== null)
        options.log?.('a restore that was cut off is finished; what was there before is kept', replaced);
      removeLeftOver(options.folder);
      isNew = !existsSync(this.file);
      const { wal } = this.size();
      inspect(this.file, binding(options));
      // The log beside it takes over its mode.
      if (isNew) closeSync(openSync(this.file, 'wx', 0o600));
      database = openForWriting(this.file, binding(options));
      this.database = database;
      const kept = migrate(this.database, options.folder);
      this.inherited = wal > 0 || kept !== null;
      if (kept !== null) options.log?.('the database was migrated; a copy of the old one is kept', { file: kept });
      this.epoch = this.begin();
      ensureSearchIndex(this.database);
      this.reader = drizzle(openForReading(this.file, binding(options)), { casing: 'snake_case' });
      this.questions = sqliteQuestions(this.reader);
      this.reading = oneState(this.reader.$client);
    } catch (error) {
      database?.close();
      if (isNew) removeDatabase(this.file);
      this.release();
      throw asStartError(error, this.file);
    }
    this.checkpointer = setInterval(() => this.checkpoint(), CHECKPOINT_MS).unref();
  }

  /** Makes the one row of `meta`, or gives the file a new epoch when it is behind the clock written beside it. */
  private begin(): string {
    const db = drizzle(this.database, { casing: 'snake_case' });
    const row = db.select().from(meta).get();
    const noted = readPosition(this.folder);
    if (row === undefined) {
      const epoch = this.options.newEpoch();
      const position = Math.max(this.options.now() * 1000, noted);
      db.insert(meta).values({ id: 1, epoch, position, lastId: 0 }).run();
      return epoch;
    }
    if (row.position >= noted) return row.epoch;
    const epoch = this.options.newEpoch();
    // The clock goes on from where it was, so that the next start finds nothing behind and keeps this epoch.
    db.update(meta).set({ epoch, position: noted }).run();
    this.options.log?.('the database is older than its clock: clients will read everything anew');
    return epoch;
  }

  passing<T>(_kind: string): PassingInMemory<T> {
    return new PassingInMemory(this.options.now);
  }

  /** Where the store's clock stands, µs: the position of the newest commit. The file may keep it a little ahead. */
  get position(): number {
    return this.writer?.position ?? (this.database.prepare('select position from meta').pluck().get() as number);
  }

  /** Of the state that a reading sees, in which nothing is committed before it is over. */
  clock(): number {
    return this.position;
  }

  secret(): Buffer {
    return readOrMakeSecret(this.folder);
  }

  exclusively<T>(name: string, work: () => Promise<T>): Promise<T> {
    return this.turns.run(name, work);
  }

  /** Makes the writer, once. The rules come from above: the store knows none. */
  openWriter<C, P>(judge: Judge<C, P>): SqliteWriter<C, P> {
    const writer = new SqliteWriter<C, P>(this.database, judge, {
      ...this.options,
      // Never a new file: one that was moved away under us must not be replaced by an empty one.
      reopen: () => openForWriting(this.file, { ...binding(this.options), fileMustExist: true }),
      onTrouble: (reason) => {
        this.trouble = reason;
        this.options.log?.(reason === null ? 'writing is possible again' : `nothing can be written: ${reason}`);
      },
    });
    writer.tookAway = this.inherited;
    this.writer = writer as unknown as SqliteWriter<unknown, unknown>;
    return writer;
  }

  /**
   * Makes the threads for slow readings. Like the rules, these come from above.
   *
   * @param given what its readings are prepared with: plain data
   */
  openReaders<R extends ThreadReadings>(
    { thread: source }: Pick<ReadersSource, 'thread'>,
    given: unknown = null,
  ): ReaderThreads<R> {
    const threads = new ReaderThreads<R>({
      source,
      data: { file: this.file, connection: binding(this.options), given },
      threads: READER_THREADS,
      maxWaiting: this.options.maxWaitingReadings ?? MAX_WAITING_READINGS,
    });
    this.threads.push(threads as unknown as ReaderThreads<ThreadReadings>);
    return threads;
  }

  /**
   * Copies the log into the file, and notes the clock. Where anything was taken away that somebody said, the log is also
   * emptied, so that it is gone from there too. Else it keeps its blocks and is written over from its beginning: an fsync
   * of a file that grows waits for the file system's own log as well, and takes twice as long.
   */
  checkpoint(): void {
    const { writer } = this;
    const database = writer?.connection ?? this.database;
    if ((writer?.position ?? 0) === this.checkpointed || !database.open) return;
    try {
      const position = writer?.settle() ?? 0;
      const empties = writer === null || writer.tookAway;
      const [done] = database.pragma(`wal_checkpoint(${empties ? 'TRUNCATE' : 'PASSIVE'})`) as Checkpointed[];
      writePosition(this.folder, position);
      // Somebody still read what was there before: the next time will do the rest.
      if (done === undefined || done.busy !== 0 || done.checkpointed < done.log) return;
      this.checkpointed = position;
      if (writer !== null && empties) writer.tookAway = false;
    } catch (error) {
      this.options.onError?.(error);
    }
  }

  /** Bytes of the file and of its log. */
  size(): { database: number; wal: number } {
    const bytes = (file: string) => statSync(file, { throwIfNoEntry: false })?.size ?? 0;
    return { database: bytes(this.file), wal: bytes(`${this.file}-wal`) };
  }

  /** Answers what was taken in, empties the log, and lets go of the folder. */
  async close(): Promise<void> {
    clearInterval(this.checkpointer);
    // The writer takes nothing more from this moment on, not only when the threads are gone.
    const [written] = await Promise.all([this.writer?.close(), ...this.threads.map((threads) => threads.close())]);
    const database = written ?? this.database;
    const ends = [
      () => this.reader.$client.close(),
      () => this.writer !== null && writePosition(this.folder, this.writer.position),
      () => database.close(),
      () => this.release(),
    ];
    for (const end of ends) {
      try {
        end();
      } catch (error) {
        this.options.onError?.(error);
      }
    }
  }
}

function binding(options: StoreOptions): { nativeBinding?: string } {
  return options.nativeBinding === undefined ? {} : { nativeBinding: options.nativeBinding };
}

/** Takes away what a start that failed had begun: half a new file would stop the next one. */
function removeDatabase(file: string): void {
  for (const suffix of ['', '-wal', '-shm', '-journal']) rmSync(file + suffix, { force: true });
}

/** What SQLite or the system says while opening, as a sentence; a fault of ours stays what it is. */
function asStartError(error: unknown, file: string): unknown {
  const { code, message } = error as { code?: unknown; message?: unknown };
  if (error instanceof StartError || typeof code !== 'string') return error;
  return new StartError(`${file} cannot be opened (${String(message)}).`, { cause: error });
}

/** Throws a {@link StartError} where it cannot be used. */
export function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    throw new StartError(`The data folder ${folder} cannot be written to (${(error as Error).message}).`);
  }
}
