/**
 * PostgreSQL's tables are made of SQLite's: a column, a key, an index or a check stands in one place, so that the two
 * cannot drift apart. What differs is said here, once.
 */
import { getTableColumns, is, SQL, StringChunk, type Table } from 'drizzle-orm';
import { toSnakeCase as snake } from 'drizzle-orm/casing';
import {
  bigint,
  boolean,
  check,
  customType,
  doublePrecision,
  foreignKey,
  index,
  type PgColumn,
  type PgColumnBuilderBase,
  type PgTable,
  pgTable,
  primaryKey,
  uniqueIndex,
} from 'drizzle-orm/pg-core';
import { getTableConfig, SQLiteColumn, type SQLiteTable } from 'drizzle-orm/sqlite-core';
import { kindOf } from '../column-kinds.ts';

/**
 * Compared byte by byte, as SQLite does: lists and keys have the same order in both, whatever the cluster's locale is,
 * and no index is spoilt by another version of it.
 */
const text = customType<{ data: string; driverData: string }>({ dataType: () => 'text collate "C"' });

/** As it was written, letter by letter. An absent one is null, not the JSON text `null`. */
const json = customType<{ data: unknown; driverData: string | null }>({
  dataType: () => 'json',
  toDriver: (value) => (value === null ? null : JSON.stringify(value)),
  fromDriver: (value) => (typeof value === 'string' ? JSON.parse(value) : value),
});

function builderOf(column: SQLiteColumn): PgColumnBuilderBase {
  const builders = {
    // SQLite's integers have 64 bits; the keys and positions among them need more than 32.
    integer: () => bigint({ mode: 'number' }),
    boolean: () => boolean(),
    real: () => doublePrecision(),
    json: () => json(),
    text: () => text(),
  };
  let builder: ReturnType<(typeof builders)[keyof typeof builders]> = builders[kindOf(column)]();
  if (column.primary) builder = builder.primaryKey() as typeof builder;
  if (column.notNull) builder = builder.notNull() as typeof builder;
  if (column.hasDefault) builder = builder.default(column.default as never) as typeof builder;
  return builder;
}

/** Gives what turns SQLite's tables into PostgreSQL's; one that refers to another may be made before it. */
export function tableMaker(): (table: SQLiteTable) => PgTable {
  const made = new Map<Table, PgTable>();

  function columnOf(column: SQLiteColumn): PgColumn {
    const table = made.get(column.table);
    if (table === undefined) throw new Error(`${column.name} is a column of a table that is not made for PostgreSQL`);
    return among(getTableColumns(table), column);
  }

  return (table) => {
    const config = getTableConfig(table);
    const booleans = config.columns.filter((column) => kindOf(column) === 'boolean').map(({ name }) => snake(name));
    const columns = Object.fromEntries(config.columns.map((column) => [column.name, builderOf(column)]));
    const own = pgTable(config.name, columns, (indexed) => [
      ...config.primaryKeys.map((key) => primaryKey({ columns: several(key.columns.map(columnOf)) })),
      ...config.foreignKeys.map(({ onDelete, reference }) => {
        const { columns: from, foreignColumns: to } = reference();
        const key = foreignKey({ columns: several(from.map(columnOf)), foreignColumns: several(to.map(columnOf)) });
        return onDelete === undefined ? key : key.onDelete(onDelete);
      }),
      ...config.indexes.map(({ config: { name, unique, where, columns: over } }) => {
        const begun = unique ? uniqueIndex(name) : index(name);
        const built = begun.on(...several(over.map((one) => among(indexed, one as SQLiteColumn))));
        return where === undefined ? built : built.where(conditionOf(where, columnOf, booleans));
      }),
      ...config.checks.map(({ name, value }) => check(name, conditionOf(value, columnOf, booleans))),
    ]);
    made.set(table, own);
    return own;
  };
}

function among<C>(columns: Record<string, C>, { name }: SQLiteColumn): C {
  const found = columns[name];
  if (found === undefined) throw new Error(`the column ${name} is not made for PostgreSQL`);
  return found;
}

/** The same condition over PostgreSQL's columns, of which booleans are no numbers. */
function conditionOf(condition: SQL, columnOf: (column: SQLiteColumn) => PgColumn, booleans: readonly string[]): SQL {
  const chunks = condition.queryChunks.map((chunk) => {
    if (is(chunk, SQLiteColumn)) return columnOf(chunk);
    if (is(chunk, SQL)) return conditionOf(chunk, columnOf, booleans);
    if (!is(chunk, StringChunk)) throw new Error('a condition of the schema holds more than text and columns');
    const said = chunk.value.join('');
    return new StringChunk(booleans.reduce((so, name) => so.replaceAll(`"${name}" = 1`, `"${name}"`), said));
  });
  return new SQL(chunks);
}

function several<T>(list: readonly T[]): [T, ...T[]] {
  const [first, ...rest] = list;
  if (first === undefined) throw new Error('a key or an index has no column');
  return [first, ...rest];
}
