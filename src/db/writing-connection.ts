/**
 * The one connection that writes: its statements, its transactions, and the rows that are kept from one batch to the
 * next. After an I/O error nobody knows what a connection believes: it is closed, and the next transaction opens another.
 */
import type Database from 'better-sqlite3';
import { drizzle } from 'drizzle-orm/better-sqlite3';
import { Loader } from './loader.ts';
import { prepareLoader } from './loader-statements.ts';
import { MetaKeeper } from './meta-keeper.ts';
import { rowWriter } from './row-writer.ts';
import { searchIndexer, searchMerger } from './search-index.ts';
import { WorkingSet } from './working-set.ts';

const ROWS_KEPT = 100_000;

export class WritingConnection {
  database!: Database.Database;
  loader!: Loader;
  /** Writes what a set has marked, and tells whether that took anything away that somebody said. */
  writeRows!: (set: WorkingSet) => boolean;
  /** Indexes the messages behind a mark, and gives the new mark. */
  indexStep!: ReturnType<typeof searchIndexer>;
  /** Merges some of what the steps of indexing left, and tells whether there is more. */
  mergeStep!: ReturnType<typeof searchMerger>;
  private set: WorkingSet | null = null;
  readonly meta = new MetaKeeper();
  private readonly reopen: () => Database.Database;

  /** @param reopen opens the file again, never a new one */
  constructor(database: Database.Database, reopen: () => Database.Database) {
    this.reopen = reopen;
    this.prepare(database);
  }

  private prepare(database: Database.Database): void {
    const db = drizzle(database, { casing: 'snake_case' });
    this.loader = new Loader(prepareLoader(db));
    this.meta.use(database);
    const writeMarked = rowWriter(db);
    this.writeRows = (set) => {
      const tookAway = writeMarked(set);
      this.meta.keep(set.meta);
      return tookAway;
    };
    this.indexStep = searchIndexer(database);
    this.mergeStep = searchMerger(database);
    this.set = null;
    this.database = database;
  }

  private reconnect(): void {
    const database = this.reopen();
    try {
      this.prepare(database);
    } catch (error) {
      database.close();
      throw error;
    }
  }

  /** The rows that are kept, or none yet. */
  workingSet(): WorkingSet {
    if (this.set === null || this.set.size > ROWS_KEPT) this.set = new WorkingSet(this.meta.begin());
    return this.set;
  }

  /** The rows that are kept, as long as what they say is what the file says. */
  get kept(): WorkingSet | null {
    return this.set;
  }

  /** What is kept may differ from the file: it is read anew. */
  forget(): void {
    this.set = null;
    this.meta.forget();
  }

  /** The file is not ahead of the clock any more; gives where that stands. */
  settle(): number {
    return this.transaction(() => {
      const set = this.workingSet();
      this.meta.settle(set.meta);
      return set.meta.position;
    });
  }

  /**
   * The same for what nobody waits for and anybody can make anew: it is on the disk with the next commit that is waited for,
   * and lost, whole, where the power goes before that.
   */
  lazyTransaction<T>(work: () => T): T {
    if (!this.database.open) this.reconnect();
    const { database } = this;
    database.pragma('synchronous = NORMAL');
    try {
      return this.transaction(work);
    } finally {
      // What cannot be told to wait for the disk again is not to be trusted with anything: the next one opens another.
      if (database.open && database.inTransaction) database.close();
      else if (database.open) database.pragma('synchronous = FULL');
    }
  }

  /** Commits what `work` does, or leaves the file as it was. */
  transaction<T>(work: () => T): T {
    if (!this.database.open) this.reconnect();
    const { database } = this;
    database.exec('BEGIN IMMEDIATE');
    try {
      const done = work();
      database.exec('COMMIT');
      return done;
    } catch (error) {
      this.forget();
      if (database.open && database.inTransaction) database.exec('ROLLBACK');
      throw error;
    }
  }
}
