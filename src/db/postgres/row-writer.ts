/**
 * Words the writing of what a batch marked: one statement for all rows of a table that are inserted, one for those that are
 * written again, and so on, each with a list a column, in an order that satisfies every foreign key.
 */
import { getTableColumns, getTableName } from 'drizzle-orm';
import { toSnakeCase as snake } from 'drizzle-orm/casing';
import type { SQLiteColumn } from 'drizzle-orm/sqlite-core';
import { kindOf } from '../column-kinds.ts';
import { lazily } from '../lazily.ts';
import type { MessageRow } from '../rows.ts';
import type { Mark, Marked, WorkingSet } from '../working-set.ts';
import { type TableName, writtenTables } from '../written-tables.ts';
import { COLUMN_TYPES } from './column-types.ts';
import { kept } from './kept.ts';
import { searchWrites } from './search-index.ts';
import type { Write } from './write.ts';

type Row = Record<string, unknown>;
/** No statement where there is nothing to write. */
type WriteOf = (rows: readonly Row[]) => Write[];
type TableWrites = Readonly<Record<Mark, WriteOf>>;

const quoted = (name: string) => `"${snake(name)}"`;

/** A server that lost its duty while it told a webhook may have kept what came of that: whoever goes on keeps it again. */
const orStands = (name: TableName) => (name === 'deliveries' ? 'on conflict do nothing' : '');

function writesOf(name: TableName): TableWrites {
  const { table, keys, ...more } = writtenTables[name];
  const columns: Record<string, SQLiteColumn> = getTableColumns(table);
  const names = Object.keys(columns);
  const rest = names.filter((column) => !(keys as readonly string[]).includes(column));
  const own = quoted(getTableName(table));

  const list = (which: readonly string[]) =>
    which
      .map((column, index) => `$${index + 1}::${COLUMN_TYPES[kindOf(columns[column] as SQLiteColumn)]}[]`)
      .join(', ');
  const said = (which: readonly string[], qualifier = '') => which.map((column) => `${qualifier}${quoted(column)}`);
  const write = (mark: Mark, which: readonly string[], text: string): WriteOf => {
    const encoders = which.map((column) => {
      const of = columns[column] as SQLiteColumn;
      return (row: Row) => kept(of.mapToDriverValue(row[column] as never));
    });
    return (rows) => [{ name: `${mark} ${name}`, text, values: encoders.map((encode) => rows.map(encode)) }];
  };
  const given = (which: readonly string[]) => `unnest(${list(which)}) as given (${said(which).join(', ')})`;
  const found = keys.map((column) => `old.${quoted(column)} = given.${quoted(column)}`).join(' and ');
  const update = (mark: Mark, which: readonly string[]) => {
    const set = which.map((column) => `${quoted(column)} = given.${quoted(column)}`).join(', ');
    const all = [...keys, ...which];
    return write(mark, all, `update ${own} old set ${set} from ${given(all)} where ${found}`);
  };
  const writes: TableWrites = lazily({
    insert: () =>
      write(
        'insert',
        names,
        `insert into ${own} (${said(names).join(', ')}) select * from unnest(${list(names)}) ${orStands(name)}`,
      ),
    // A row that is its key and nothing else is written once: there is nothing to write again.
    save: () => (rest.length === 0 ? () => [] : update('save', rest)),
    touch: () => ('busy' in more ? update('touch', more.busy) : writes.save),
    delete: () => write('delete', keys, `delete from ${own} old using ${given(keys)} where ${found}`),
  });
  return writes;
}

/** The ends of texts that are being written: code points are counted, as in SQLite. */
function growth(set: WorkingSet): Write[] {
  const growing = [...set.growing.values()].filter((one) => one !== null && one.more !== null) as {
    message: number;
    from: number;
    more: string;
  }[];
  if (growing.length === 0) return [];
  return [
    {
      name: 'grow',
      text: `update messages old set content = substr(old.content, 1, given.stands) || given.more
        from unnest($1::bigint[], $2::integer[], $3::text[]) as given (id, stands, more) where old.id = given.id`,
      values: [
        growing.map(({ message }) => message),
        growing.map(({ from }) => from),
        growing.map(({ more }) => kept(more)),
      ],
    },
  ];
}

/** Tables' own statements, made when they are first needed. */
const writers = lazily(
  Object.fromEntries((Object.keys(writtenTables) as TableName[]).map((name) => [name, () => writesOf(name)])),
) as Readonly<Record<TableName, TableWrites>>;
const inOrder = Object.keys(writtenTables) as TableName[];
const reversed = inOrder.toReversed();

/** Rows of a table by what is to be done with them. Whoever gives up a unique key comes before whoever takes it. */
const MARKS = ['save', 'touch', 'insert'] as const;

/**
 * What a set has marked, in the order in which it is to be written.
 *
 * @param one whether each row is written by itself, in the order in which the rules marked them: so that of two rows one may
 *   give up what the other takes
 */
export function writesFor(set: WorkingSet, one = false): Write[] {
  const writes = growth(set);
  for (const name of reversed) {
    const marked: Marked<object> = set.marked[name];
    if (marked.deleting) writes.push(...several(rowsOf(marked, 'delete'), one).flatMap(writers[name].delete));
  }
  for (const name of inOrder) {
    const marked: Marked<object> = set.marked[name];
    if (marked.size === 0) continue;
    if (one) {
      for (const [row, mark] of marked) if (mark !== 'delete') writes.push(...writers[name][mark]([row as Row]));
    } else {
      for (const mark of MARKS) writes.push(...several(rowsOf(marked, mark), false).flatMap(writers[name][mark]));
    }
    if (name === 'messages') writes.push(...searchWrites(saidIn(set.marked.messages)));
  }
  return writes;
}

function rowsOf(marked: Marked<object>, which: Mark): Row[] {
  const rows: Row[] = [];
  for (const [row, mark] of marked) if (mark === which) rows.push(row as Row);
  return rows;
}

/** Messages whose words are others than they were: what only grows is found once it is whole. */
function saidIn(marked: Marked<MessageRow>): MessageRow[] {
  return [...marked].flatMap(([row, mark]) => (mark === 'insert' || mark === 'save' ? [row] : []));
}

/** Rows as they go together: all, or each by itself; none where there are none. */
function several(rows: Row[], one: boolean): Row[][] {
  if (rows.length === 0) return [];
  return one ? rows.map((row) => [row]) : [rows];
}
