/** A data folder's file as one end of a transfer. */
import { closeSync, existsSync, mkdirSync, openSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import type Database from 'better-sqlite3';
import { flush } from '../copy.ts';
import { TRANSFER } from '../left-over.ts';
import { lockFolder } from '../lock.ts';
import { migrate } from '../migrate.ts';
import { Store, type StoreOptions } from '../open.ts';
import { writePosition } from '../position-file.ts';
import { openForWriting } from '../pragmas.ts';
import { ensureSearchIndex, indexAll } from '../search-index.ts';
import { readSecret, secretFile, writeSecret } from '../secret-file.ts';
import { StartError } from '../start-error.ts';
import type { Origin, Source, Target } from './side.ts';
import {
  columnList,
  keyList,
  metaTable,
  metaValue,
  quoted,
  type Row,
  type Table,
  tables,
  type Value,
} from './table.ts';

const CACHE_KIB = 96 * 1024;

class SqliteSide {
  protected readonly database: Database.Database;

  constructor(database: Database.Database) {
    this.database = database;
  }

  async count(table: Table): Promise<number> {
    return this.database
      .prepare(`select count(*) from ${quoted(table.name)}`)
      .pluck()
      .get() as number;
  }

  async rows(table: Table, after: Row | null, limit: number): Promise<Row[]> {
    const keys = keyList(table);
    const behind = after === null ? '' : `where (${keys}) > (${after.map(() => '?').join(', ')})`;
    const text = `select ${columnList(table)} from ${quoted(table.name)} ${behind} order by ${keys} limit ?`;
    return this.database
      .prepare(text)
      .raw()
      .all(...(after ?? []), limit) as Row[];
  }
}

class SqliteSource extends SqliteSide implements Source {
  private readonly store: Store;

  constructor(store: Store) {
    super(store.reader.$client);
    this.store = store;
  }

  async meta(): Promise<Row> {
    const [row] = await this.rows(metaTable, null, 1);
    if (row === undefined) throw new Error('the table meta has no row');
    return row;
  }

  async secret(): Promise<Buffer | null> {
    return readSecret(this.store.folder);
  }

  async close(): Promise<void> {
    await this.store.close();
  }
}

class SqliteTarget extends SqliteSide implements Target {
  private readonly folder: string;
  private readonly release: () => void;

  constructor(folder: string, database: Database.Database, release: () => void) {
    super(database);
    this.folder = folder;
    this.release = release;
    // A commit is safe from the death of the process; what a power cut takes away is copied again.
    database.pragma('synchronous = NORMAL');
    database.pragma(`cache_size = -${CACHE_KIB}`);
    // All of them are looked at in the end.
    database.pragma('foreign_keys = OFF');
  }

  keeps(value: Value): Value {
    return value;
  }

  async begin({ epoch, position }: Origin): Promise<boolean> {
    const { database } = this;
    migrate(database, this.folder);
    const work = () => {
      database.exec('create table if not exists parley_transfer (epoch text, position integer) strict');
      const begun = database.prepare('select epoch, position from parley_transfer').get() as Origin | undefined;
      if (begun?.epoch === epoch && begun.position === position) return true;
      for (const { name } of [...tables, metaTable].reverse()) database.exec(`delete from ${quoted(name)}`);
      database.exec('delete from parley_transfer');
      database.prepare('insert into parley_transfer values (?, ?)').run(epoch, position);
      return false;
    };
    return database.transaction(work).immediate();
  }

  async keepSecret(secret: Buffer): Promise<void> {
    const there = readSecret(this.folder);
    if (there === null) writeSecret(this.folder, secret);
    else if (!there.equals(secret)) {
      throw new StartError(
        `${secretFile(this.folder)} is another secret than the one that belongs to what is brought: take it away first.`,
      );
    }
  }

  async lastKey(table: Table): Promise<Row | null> {
    const keys = keyList(table);
    const last = keys.replaceAll(/(,|$)/g, ' desc$1');
    const row = this.database
      .prepare(`select ${keys} from ${quoted(table.name)} order by ${last} limit 1`)
      .raw()
      .get();
    return (row as Row | undefined) ?? null;
  }

  async put(table: Table, rows: readonly Row[]): Promise<void> {
    const places = table.columns.map(() => '?').join(', ');
    const insert = this.database.prepare(`insert into ${quoted(table.name)} (${columnList(table)}) values (${places})`);
    this.database.transaction(() => {
      for (const row of rows) insert.run(...row);
    })();
  }

  async spoil(): Promise<void> {
    this.database.exec('delete from parley_transfer');
  }

  async finish(meta: Row, onStep: (share: number) => void): Promise<void> {
    const { database, folder } = this;
    const orphans = database.pragma('foreign_key_check') as { table: string; parent: string }[];
    const [orphan] = orphans;
    if (orphan !== undefined) {
      throw new StartError(`A row of ${orphan.table} refers to a row of ${orphan.parent} that is not there.`);
    }
    // One that was cut off here may have it already.
    database.exec('delete from meta');
    await this.put(metaTable, [meta]);
    onStep(0);
    ensureSearchIndex(database);
    indexAll(database);
    database.exec('drop table parley_transfer');
    database.pragma('synchronous = FULL');
    database.pragma('wal_checkpoint(TRUNCATE)');
    database.close();
    const made = join(folder, TRANSFER);
    flush(made);
    writePosition(folder, Number(metaValue(meta, 'position')));
    renameSync(made, join(folder, 'parley.db'));
    flush(folder);
  }

  async close(): Promise<void> {
    if (this.database.open) this.database.close();
    this.release();
  }
}

/** The folder stays as it is, but that its file is brought up to date first, and is this process's alone meanwhile. */
export function sqliteSource(options: StoreOptions): Source {
  if (!existsSync(join(options.folder, 'parley.db'))) {
    throw new StartError(`There is no database in ${options.folder}.`);
  }
  return new SqliteSource(new Store(options));
}

/** A folder without a database, or one that is to be made. */
export function sqliteTarget(options: Pick<StoreOptions, 'folder' | 'pid' | 'nativeBinding'>): Target {
  const { folder, pid, nativeBinding } = options;
  const connection = nativeBinding === undefined ? {} : { nativeBinding };
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const release = lockFolder(folder, { pid, ...connection });
  try {
    if (existsSync(join(folder, 'parley.db'))) {
      throw new StartError(`There is a database in ${folder} already: name another folder.`);
    }
    const file = join(folder, TRANSFER);
    // The log beside it takes over its mode.
    if (!existsSync(file)) closeSync(openSync(file, 'wx', 0o600));
    return new SqliteTarget(folder, openForWriting(file, connection), release);
  } catch (error) {
    release();
    throw error;
  }
}
