/** Writes what a batch marked, each row once, in an order that satisfies every foreign key. */
import type Database from 'better-sqlite3';
import { and, eq, getTableColumns, is, Param, Placeholder, sql } from 'drizzle-orm';
import type { BetterSQLite3Database } from 'drizzle-orm/better-sqlite3';
import type { SQLiteColumn, SQLiteTable } from 'drizzle-orm/sqlite-core';
import {
  apiKeys,
  authors,
  conversations,
  identities,
  links,
  messages,
  meta,
  participants,
  reads,
  sessions,
  users,
} from './schema.ts';
import type { Mark, Marked, WorkingSet } from './working-set.ts';

type Row = Record<string, unknown>;
type Statement = { run(row: Row): unknown };
type Db = BetterSQLite3Database & { $client: Database.Database };

/** What a send or a mark moves on a conversation. None of it but the last three stands in an index. */
const BUSY_CONVERSATION = [
  'seq',
  'rev',
  'lastSeq',
  'lastUser',
  'lastKind',
  'lastText',
  'lastAt',
  'lastUncounted',
  'teamReadSeq',
  'teamReadAt',
  'botAfterRead',
  'position',
  'activity',
  'waiting',
];
const BUSY_PARTICIPANT = ['readSeq', 'readAt', 'deliveredSeq', 'ownAfterRead', 'markPosition'];

interface TableWriter {
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
  const values: unknown[] = new Array(bound.length);
  return {
    run: (row) => {
      let index = 0;
      for (const { name, encode } of bound) {
        values[index] = encode(row[name]);
        index += 1;
      }
      return statement.run(values);
    },
  };
}

/** The column whose value stands for a parameter, and how Drizzle writes it. */
function boundTo(param: unknown): { name: string; encode: (value: unknown) => unknown } {
  if (is(param, Placeholder)) return { name: String(param.name), encode: (value) => value };
  if (!is(param, Param) || !is(param.value, Placeholder)) throw new Error('a row is written by its columns alone');
  const { encoder } = param;
  return { name: String(param.value.name), encode: (value) => encoder.mapToDriverValue(value) };
}

function tableWriter(db: Db, table: SQLiteTable, keys: string[], busy?: string[]): TableWriter {
  const columns = getTableColumns(table);
  const names = Object.keys(columns);
  const values = (which: string[]) => Object.fromEntries(which.map((name) => [name, sql.placeholder(name)]));
  const key = and(...keys.map((name) => eq(columns[name] as SQLiteColumn, sql.placeholder(name))));
  const rest = names.filter((name) => !keys.includes(name));
  const update = (which: string[]) => compiled(db, db.update(table).set(values(which)).where(key).prepare());
  const save = update(rest);
  return {
    insert: compiled(db, db.insert(table).values(values(names)).prepare()),
    save,
    touch: busy === undefined ? save : update(busy),
    delete: compiled(db, db.delete(table).where(key).prepare()),
  };
}

/** Prepares every statement once; the function it gives writes a working set's marked rows and its meta row. */
export function rowWriter(db: Db): (set: WorkingSet) => void {
  const statements = {
    users: tableWriter(db, users, ['id']),
    identities: tableWriter(db, identities, ['provider', 'subject']),
    authors: tableWriter(db, authors, ['id']),
    sessions: tableWriter(db, sessions, ['id']),
    links: tableWriter(db, links, ['id']),
    apiKeys: tableWriter(db, apiKeys, ['id']),
    conversations: tableWriter(db, conversations, ['id'], BUSY_CONVERSATION),
    participants: tableWriter(db, participants, ['conversation', 'user'], BUSY_PARTICIPANT),
    messages: tableWriter(db, messages, ['id']),
    reads: tableWriter(db, reads, ['conversation', 'user', 'seq']),
  };
  const saveMeta = tableWriter(db, meta, ['id']).save;

  const writeTable = <R extends object>(writer: TableWriter, marked: Marked<R>): void => {
    for (const [row, mark] of marked) {
      const how: Mark = mark;
      writer[how].run(row as Row);
    }
  };
  return (set) => {
    const { marked } = set;
    writeTable(statements.users, marked.users);
    writeTable(statements.identities, marked.identities);
    writeTable(statements.authors, marked.authors);
    writeTable(statements.sessions, marked.sessions);
    writeTable(statements.links, marked.links);
    writeTable(statements.apiKeys, marked.apiKeys);
    writeTable(statements.conversations, marked.conversations);
    writeTable(statements.participants, marked.participants);
    writeTable(statements.messages, marked.messages);
    writeTable(statements.reads, marked.reads);
    saveMeta.run(set.meta);
  };
}
