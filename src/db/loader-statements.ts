/** The statements by which the loader reads, each prepared once, when it is first needed. */
import type { BetterSQLite3Database } from 'drizzle-orm/better-sqlite3';
import { conversationStatements } from './conversation-statements.ts';
import { lazily } from './lazily.ts';
import { messageStatements } from './message-statements.ts';
import { peopleStatements } from './people-statements.ts';

export type LoaderStatements = ReturnType<typeof prepareLoader>;

export function prepareLoader(db: BetterSQLite3Database) {
  return lazily({ ...peopleStatements(db), ...conversationStatements(db), ...messageStatements(db) });
}
