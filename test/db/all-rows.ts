/** All that a database holds, to compare what a migration has made of it. */
import type Database from 'better-sqlite3';
import { openForWriting } from '../../src/db/pragmas.ts';

export type Rows = Record<string, unknown>[];

/** Runs `use` over the file, as Parley opens it. */
export function over<T>(file: string, use: (database: Database.Database) => T): T {
  const database = openForWriting(file);
  try {
    return use(database);
  } finally {
    database.close();
  }
}

/** Every row of every table, by table; the search index is no table of rows. */
export function everything(database: Database.Database): Map<string, Rows> {
  const tables = database
    .prepare("select name from pragma_table_list where schema = 'main' and type = 'table' and name not like 'sqlite_%'")
    .pluck()
    .all() as string[];
  return new Map(tables.map((name) => [name, database.prepare(`select * from "${name}"`).all() as Rows]));
}

/** Where the search index stands: it is no row of anybody, and is made at every start as far as it lacks something. */
const OF_THE_INDEX = ['search_mark', 'search_version'];

/** What of `rows` the columns of `like` hold, in an order that does not depend on where they lie. */
export function columnsOf(rows: Rows, like: Rows): string[] {
  const columns = Object.keys(like[0] ?? {}).filter((column) => !OF_THE_INDEX.includes(column));
  return rows.map((row) => JSON.stringify(columns.map((column) => row[column]))).sort();
}
