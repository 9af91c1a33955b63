/** The real rules over a writer of either store, without doors: test/world.ts where it need not be SQLite's. */
import { randomUUIDv7 } from 'node:crypto';
import { drizzle } from 'drizzle-orm/better-sqlite3';
import type { Test } from 'tap';
import type { Change } from '../../../src/chat/change.ts';
import { alone, decider, want } from '../../../src/chat/decide/judge.ts';
import { Rates } from '../../../src/chat/decide/rates.ts';
import type { Publication } from '../../../src/chat/publication.ts';
import type { Judge } from '../../../src/db/judge.ts';
import { openPostgres, type PostgresStore, type PostgresStoreOptions } from '../../../src/db/postgres/open.ts';
import type { UserRow } from '../../../src/db/rows.ts';
import { users } from '../../../src/db/schema/people.ts';
import type { Writer } from '../../../src/db/writer.ts';
import type { Role } from '../../../src/protocol/person.ts';
import { blankUser, LIMITS } from '../../world.ts';
import { queried } from './server.ts';

export interface Server {
  store: PostgresStore;
  writer: Writer<Change, Publication>;
  close(): Promise<void>;
}

export function theRules(): Judge<Change, Publication> {
  return {
    alone,
    want,
    decide: decider(LIMITS, new Rates(() => performance.now())),
    publish: (decided) => {
      for (const { settle } of decided) settle();
    },
  };
}

/** A server over a database, as far as it writes; closed when the test ends. */
export async function serve(t: Test, url: string, options: Partial<PostgresStoreOptions> = {}): Promise<Server> {
  const store = await openPostgres({
    url,
    newEpoch: randomUUIDv7,
    now: Date.now,
    maxWaiting: 100_000,
    onError: (error) => t.comment(String(error)),
    ...options,
  });
  const close = once(() => store.close());
  t.teardown(close);
  return { store, writer: store.openWriter(theRules()), close };
}

function once<T>(work: () => Promise<T>): () => Promise<T> {
  let done: Promise<T> | null = null;
  return () => (done ??= work());
}

/** Users with keys that no writer hands out in a test. */
export function people(...roles: readonly Role[]): UserRow[] {
  return roles.map((role, index) => blankUser(1_000_001 + index, `${role} ${index}`, role));
}

/** Puts them into the database, beside the writer. */
export async function moveIn(url: string, rows: readonly UserRow[]): Promise<void> {
  await queried(url, async (client) => {
    for (const row of rows) {
      await client.query(
        `insert into users (id, uuid, role, anonymous, name, email, fields, created_at, notifications)
         values ($1, $2, $3, $4, $5, $6, '{}', 0, '{}')`,
        [row.id, row.uuid, row.role, row.anonymous, row.name, row.email],
      );
    }
  });
}

/** The same for a file. */
export function moveInto(database: Parameters<typeof drizzle>[0] & object, rows: readonly UserRow[]): void {
  const db = drizzle(database as never, { casing: 'snake_case' });
  for (const row of rows) db.insert(users).values(row).run();
}

/** The rows of a question in PostgreSQL's words, with its numbers as numbers. */
export async function rowsOf<Row>(url: string, text: string, values: unknown[] = []): Promise<Row[]> {
  return queried(url, async (client) => {
    client.setTypeParser(20, Number);
    return (await client.query(text, values)).rows;
  });
}
