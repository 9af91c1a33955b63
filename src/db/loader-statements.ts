/** The statements by which the loader reads, each prepared once, when it is first needed. */
import type Database from 'better-sqlite3';
import type { BetterSQLite3Database } from 'drizzle-orm/better-sqlite3';
import { conversationStatements } from './conversation-statements.ts';
import { lazily } from './lazily.ts';
import { messageStatements } from './message-statements.ts';
import { peopleStatements } from './people-statements.ts';

/** Asked more often than all others, and mostly for nothing: by key, without a name for what is given. */
interface MessageKey {
  get(conversation: number, uuid: string): { id: number } | undefined;
}

export type LoaderStatements = ReturnType<typeof prepareLoader>;

/** What makes each, as Drizzle words it. */
export function statementMakers(db: BetterSQLite3Database) {
  return { ...peopleStatements(db), ...conversationStatements(db), ...messageStatements(db) };
}

/** SQLite's. */
export function prepareLoader(db: BetterSQLite3Database & { $client: Database.Database }) {
  const makers = statementMakers(db);
  // Drizzle's words, asked by the driver alone.
  const byDriver = (make: typeof makers.messageKey): MessageKey =>
    db.$client.prepare<[number, string], { id: number }>(make().getQuery().sql);
  return lazily({
    ...makers,
    messageKey: () => byDriver(makers.messageKey),
    growingKey: () => byDriver(makers.growingKey),
  });
}
