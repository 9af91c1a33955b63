/** The tables as a transfer sees them: named values in an order, found by their key. */
import { toSnakeCase } from 'drizzle-orm/casing';
import { getTableConfig, type SQLiteTable } from 'drizzle-orm/sqlite-core';
import { type ColumnKind, kindOf } from '../column-kinds.ts';
import { meta } from '../schema/meta.ts';
import { writtenTables } from '../written-tables.ts';

/** As SQLite keeps it: a boolean is 0 or 1, JSON its text. */
export type Value = string | number | null;
export type Row = Value[];

export interface Table {
  name: string;
  columns: readonly { name: string; kind: ColumnKind }[];
  /** Where among the columns those of the primary key are. */
  keys: readonly number[];
}

function tableOf(table: SQLiteTable, keys: readonly string[]): Table {
  const { name, columns } = getTableConfig(table);
  return {
    name,
    columns: columns.map((column) => ({ name: toSnakeCase(column.name), kind: kindOf(column) })),
    keys: keys.map((key) => columns.findIndex((column) => column.name === key)),
  };
}

/** All but `meta`: parents stand before what refers to them. */
export const tables: readonly Table[] = Object.values(writtenTables).map(({ table, keys }) => tableOf(table, keys));

/** Its row tells that a database is whole: it is written last. */
export const metaTable: Table = tableOf(meta, ['id']);

/** Where each store's own search index stands, which is not taken along. */
const OF_THE_INDEX = ['search_mark', 'search_version'];

/** The row of `meta` of a store whose messages are not indexed yet. */
export function unindexed(row: Row): Row {
  return row.map((value, index) => (OF_THE_INDEX.includes(metaTable.columns[index]?.name ?? '') ? 0 : value));
}

/** What a row of `meta` says of itself. */
export function metaValue(row: Row, name: 'epoch' | 'position'): Value {
  return row[metaTable.columns.findIndex((column) => column.name === name)] ?? null;
}

export function keyOf(table: Table, row: Row): Row {
  return table.keys.map((index) => row[index] ?? null);
}

/** Quoted, so that a name may be a word of SQL. */
export const quoted = (name: string): string => `"${name}"`;

export function columnList(table: Table): string {
  return table.columns.map(({ name }) => quoted(name)).join(', ');
}

export function keyList(table: Table): string {
  return table.keys.map((index) => quoted(table.columns[index]?.name ?? '')).join(', ');
}
