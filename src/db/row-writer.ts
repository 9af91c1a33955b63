/** Writes what a batch marked, each row once, in an order that satisfies every foreign key. */
import type Database from 'better-sqlite3';
import { and, Column, eq, getTableColumns, is, Param, Placeholder, sql } from 'drizzle-orm';
import type { BetterSQLite3Database } from 'drizzle-orm/better-sqlite3';
import type { SQLiteColumn, SQLiteTable } from 'drizzle-orm/sqlite-core';
import { lazily } from './lazily.ts';
import { messages } from './schema/messages.ts';
import type { Marked, WorkingSet } from './working-set.ts';
import { type TableName, writtenTables } from './written-tables.ts';

type Row = Record<string, unknown>;
type Statement = { run(row: Row): unknown };
type Db = BetterSQLite3Database & { $client: Database.Database };

/** The statements that write rows of one table. */
export interface TableWriter {
  insert: Statement;
  save: Statement;
  touch: Statement;
  delete: Statement;
}

/**
 * A statement as Drizzle words it and encodes its values, bound without looking at every parameter anew for each row:
 * that look took a third of the time of writing a message.
 */
function compiled(db: Db, query: { getQuery(): { sql: string; params: unknown[] } }): Statement {
  const { sql: text, params } = query.getQuery();
  const statement = db.$client.prepare(text);
  const bound = params.map(boundTo);
  const names = bound.map(({ name }) => name);
  const encoded = bound.flatMap(({ encode }, index) => (encode === null ? [] : [{ index, encode }]));
  const values: unknown[] = new Array(names.length);
  return {
    run: (row) => {
      for (let index = 0; index < names.length; index += 1) values[index] = row[names[index] as string];
      for (const { index, encode } of encoded) values[index] = encode(values[index]);
      return statement.run(values);
    },
  };
}

const NOTHING: Statement = { run: () => {} };

/** The column whose value stands for a parameter, and how Drizzle writes it; null: as it is, as it does most. */
function boundTo(param: unknown): { name: string; encode: ((value: unknown) => unknown) | null } {
  if (is(param, Placeholder)) return { name: String(param.name), encode: null };
  if (!is(param, Param) || !is(param.value, Placeholder)) throw new Error('a row is written by its columns alone');
  const { encoder } = param;
  const asItIs = encoder.mapToDriverValue === Column.prototype.mapToDriverValue;
  return { name: String(param.value.name), encode: asItIs ? null : (value) => encoder.mapToDriverValue(value) };
}

/** @param keys the columns of its primary key */
export function tableWriter(
  db: Db,
  table: SQLiteTable,
  keys: readonly string[],
  busy?: readonly string[],
): TableWriter {
  const columns = getTableColumns(table);
  const names = Object.keys(columns);
  const values = (which: readonly string[]) => Object.fromEntries(which.map((name) => [name, sql.placeholder(name)]));
  const key = () => and(...keys.map((name) => eq(columns[name] as SQLiteColumn, sql.placeholder(name))));
  const rest = names.filter((name) => !keys.includes(name));
  const update = (which: readonly string[]) => compiled(db, db.update(table).set(values(which)).where(key()).prepare());
  const writer: TableWriter = lazily({
    insert: () => compiled(db, db.insert(table).values(values(names)).prepare()),
    // A row that is its key and nothing else is written once: there is nothing to write again.
    save: () => (rest.length === 0 ? NOTHING : update(rest)),
    touch: () => (busy === undefined ? writer.save : update(busy)),
    delete: () => compiled(db, db.delete(table).where(key()).prepare()),
  });
  return writer;
}

/** Writes the end of a text. */
function growth(db: Db) {
  const text = sql`substr(${messages.content}, 1, ${sql.placeholder('from')}) || ${sql.placeholder('more')}`;
  return db
    .update(messages)
    .set({ content: text })
    .where(eq(messages.id, sql.placeholder('message')))
    .prepare();
}

/** Tables in whose rows nobody has said anything. */
const UNSAID: ReadonlySet<TableName> = new Set(['outbox', 'deliveries', 'notices']);

/**
 * Prepares every statement once, when it is first needed; the function it gives writes a working set's marked rows, and
 * tells whether that took anything away that somebody said: the log holds it until it is emptied.
 */
export function rowWriter(db: Db): (set: WorkingSet) => boolean {
  const writers = Object.entries(writtenTables).map(([name, { table, keys, ...more }]) => ({
    name: name as TableName,
    writer: tableWriter(db, table, keys, 'busy' in more ? more.busy : undefined),
  }));
  const reversed = [...writers].reverse();
  const grow = lazily({ text: () => compiled(db, growth(db)) });

  return (set) => {
    // Before the rows themselves: one that is written whole in this batch has its whole text.
    for (const growing of set.growing.values()) {
      if (growing !== null && growing.more !== null) grow.text.run({ ...growing });
    }
    // A message is written again where it was edited or deleted, or a bot has come to its end.
    let tookAway = set.marked.messages.saving;
    for (const { name, writer } of reversed) {
      const marked: Marked<object> = set.marked[name];
      if (!marked.deleting) continue;
      tookAway ||= !UNSAID.has(name);
      for (const [row, mark] of marked) if (mark === 'delete') writer.delete.run(row as Row);
    }
    for (const { name, writer } of writers) {
      const marked: Marked<object> = set.marked[name];
      // Of the tables a batch writes three or four.
      if (marked.size === 0) continue;
      for (const [row, mark] of marked) {
        if (mark !== 'delete') writer[mark].run(row as Row);
      }
    }
    return tookAway;
  };
}
