/** What a column of the schema holds, whatever a store keeps it as. */
import { is } from 'drizzle-orm';
import {
  SQLiteBoolean,
  type SQLiteColumn,
  SQLiteCustomColumn,
  SQLiteInteger,
  SQLiteReal,
  SQLiteText,
  SQLiteTextJson,
} from 'drizzle-orm/sqlite-core';

export type ColumnKind = 'integer' | 'boolean' | 'real' | 'text' | 'json';

export function kindOf(column: SQLiteColumn): ColumnKind {
  if (is(column, SQLiteBoolean)) return 'boolean';
  if (is(column, SQLiteInteger)) return 'integer';
  if (is(column, SQLiteReal)) return 'real';
  if (is(column, SQLiteText)) return 'text';
  // A type of our own is JSON that may be absent (schema/messages.ts).
  if (is(column, SQLiteTextJson) || is(column, SQLiteCustomColumn)) return 'json';
  throw new Error(`nothing says what a store keeps the column ${column.name} as (${column.columnType})`);
}
