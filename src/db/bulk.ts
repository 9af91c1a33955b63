/**
 * Rows laid down straight in the file, for who brings much in at once while no server works: without the rules, which
 * whoever lays them down has to keep, and without a commit for each change. Keys and positions come of the same counters
 * as the writer's, and are kept with every commit.
 */
import { join } from 'node:path';
import type Database from 'better-sqlite3';
import { type BetterSQLite3Database, drizzle } from 'drizzle-orm/better-sqlite3';
import { there } from '../protocol/there.ts';
import { IndexAside } from './index-aside.ts';
import type { Store } from './open.ts';
import { writePosition } from './position-file.ts';
import { type ConnectionOptions, openForWriting } from './pragmas.ts';
import { type TableWriter, tableWriter } from './row-writer.ts';
import type { MetaRow } from './rows.ts';
import { meta } from './schema/meta.ts';
import { indexAll } from './search-index.ts';
import type { ThreadSource } from './thread.ts';
import { type RowOf, type TableName, writtenTables } from './written-tables.ts';

/** Ids of messages are written all over their index. */
const CACHE_KIB = 96 * 1024;
/** The log may grow longer than while people wait: each emptying waits for the disk. */
const CHECKPOINT_PAGES = 20_000;
/** Keys that are not worth a thread. */
const FEW_KEYS = 20_000;

export interface BulkOptions {
  /** Wall clock in ms. */
  now: () => number;
  connection: ConnectionOptions;
  /** Makes the search index while rows are laid down. */
  indexThread: ThreadSource;
}

export class Bulk {
  readonly db: BetterSQLite3Database & { $client: Database.Database };
  private readonly folder: string;
  private readonly writers = new Map<string, TableWriter>();
  private readonly meta: MetaRow;
  private readonly saveMeta: TableWriter['save'];
  private readonly options: BulkOptions;
  private index: IndexAside | null = null;

  /** @param store holds the folder meanwhile; its own writer must not be open */
  constructor(store: Store, options: BulkOptions) {
    this.folder = store.folder;
    this.options = options;
    const database = openForWriting(join(store.folder, 'parley.db'), { ...options.connection, fileMustExist: true });
    // A commit is safe from the death of the process; after a power cut it is done again, which adds nothing twice.
    database.pragma('synchronous = NORMAL');
    database.pragma(`cache_size = -${CACHE_KIB}`);
    database.pragma(`wal_autocheckpoint = ${CHECKPOINT_PAGES}`);
    this.db = drizzle(database, { casing: 'snake_case' });
    const row = there(this.db.select().from(meta).get(), 'the table meta has no row');
    this.meta = row;
    this.saveMeta = tableWriter(this.db, meta, ['id']).save;
    this.tick();
    database.exec('BEGIN IMMEDIATE');
  }

  /** A key that was never used before. */
  nextId(): number {
    this.meta.lastId += 1;
    return this.meta.lastId;
  }

  /** The store's clock, µs. It rises with {@link tick}. */
  get position(): number {
    return this.meta.position;
  }

  /** Moves the clock on: what is changed now is behind what was changed before. */
  tick(): number {
    this.meta.position = Math.max(this.options.now() * 1000, this.meta.position + 1);
    return this.meta.position;
  }

  /** Moves the clock to where it was when what is laid down was made elsewhere. */
  reach(position: number): void {
    this.meta.position = Math.max(this.meta.position, position);
  }

  /** Another life of the file: who was here before reads everything anew. */
  beginEpoch(epoch: string): void {
    this.meta.epoch = epoch;
  }

  /** Counts a file whose bytes are kept from now on. */
  addFileBytes(size: number): void {
    this.meta.fileBytes += size;
  }

  insert<T extends TableName>(table: T, row: RowOf<T>): void {
    this.writer(table).insert.run(row);
  }

  save<T extends TableName>(table: T, row: RowOf<T>): void {
    this.writer(table).save.run(row);
  }

  private writer(table: TableName): TableWriter {
    const known = this.writers.get(table);
    if (known !== undefined) return known;
    const { table: columns, keys } = writtenTables[table];
    const made = tableWriter(this.db, columns, keys);
    this.writers.set(table, made);
    return made;
  }

  /** Keeps all that was laid down until now. */
  commit(): void {
    this.saveMeta.run({ ...this.meta });
    this.db.$client.exec('COMMIT; BEGIN IMMEDIATE');
    const { lastId, searchMark } = this.meta;
    // An index that holds something already is gone on with at the end.
    if (this.index === null && searchMark === 0 && lastId > FEW_KEYS) {
      const { indexThread, connection } = this.options;
      this.index = new IndexAside(this.folder, indexThread, connection);
    }
    this.index?.follow(lastId);
  }

  /** Keeps all, and indexes it for the search. */
  async end(): Promise<void> {
    this.commit();
    const database = this.db.$client;
    database.exec('COMMIT');
    if (this.index === null) indexAll(database);
    else await this.index.takeOver(database, this.meta.lastId);
    database.pragma('synchronous = FULL');
    database.pragma('wal_checkpoint(TRUNCATE)');
    writePosition(this.folder, this.position);
  }

  /** Lets go of the file, with what was committed and nothing else. */
  async close(): Promise<void> {
    const database = this.db.$client;
    if (database.inTransaction) database.exec('ROLLBACK');
    database.close();
    await this.index?.close();
  }
}
