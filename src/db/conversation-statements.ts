/** Conversations, who takes part, and what hangs on them. What the loader reads of them: every statement goes by key or by an index made for it. */

import { and, asc, eq, sql } from 'drizzle-orm';
import type { BetterSQLite3Database } from 'drizzle-orm/better-sqlite3';
import { turns } from './schema/bots.ts';
import { conversations, participants, reads, tags } from './schema/conversations.ts';

const param = sql.placeholder;

export function conversationStatements(db: BetterSQLite3Database) {
  return {
    conversation: () =>
      db
        .select()
        .from(conversations)
        .where(eq(conversations.id, param('id')))
        .prepare(),
    conversationByUuid: () =>
      db
        .select()
        .from(conversations)
        .where(eq(conversations.uuid, param('uuid')))
        .prepare(),
    conversationByOpenKey: () =>
      db
        .select()
        .from(conversations)
        .where(eq(conversations.openKey, param('key')))
        .prepare(),
    side: () =>
      db
        .select()
        .from(conversations)
        .where(eq(conversations.parent, param('parent')))
        .prepare(),
    openTurns: () =>
      db
        .select()
        .from(turns)
        // Word for word what the partial index says.
        .where(and(eq(turns.conversation, param('conversation')), sql`"state" in ('waiting', 'asked', 'deferred')`))
        .orderBy(asc(turns.id))
        .prepare(),
    someTurns: () =>
      db
        .select()
        .from(turns)
        .where(eq(turns.conversation, param('conversation')))
        .limit(param('limit'))
        .prepare(),
    tags: () =>
      db
        .select()
        .from(tags)
        .where(eq(tags.conversation, param('conversation')))
        .prepare(),
    someTags: () =>
      db
        .select()
        .from(tags)
        .where(eq(tags.conversation, param('conversation')))
        .limit(param('limit'))
        .prepare(),
    participant: () =>
      db
        .select()
        .from(participants)
        .where(and(eq(participants.conversation, param('conversation')), eq(participants.user, param('user'))))
        .prepare(),
    participants: () =>
      db
        .select()
        .from(participants)
        .where(eq(participants.conversation, param('conversation')))
        .prepare(),
    participationsOf: () =>
      db
        .select({ conversation: participants.conversation })
        .from(participants)
        .where(eq(participants.user, param('user')))
        .orderBy(asc(participants.conversation))
        .limit(param('limit'))
        .prepare(),
    somePeople: () =>
      db
        .select()
        .from(participants)
        .where(eq(participants.conversation, param('conversation')))
        .limit(param('limit'))
        .prepare(),
    readsOf: () =>
      db
        .select()
        .from(reads)
        .where(and(eq(reads.conversation, param('conversation')), eq(reads.user, param('user'))))
        .prepare(),
    someReads: () =>
      db
        .select()
        .from(reads)
        .where(eq(reads.conversation, param('conversation')))
        .limit(param('limit'))
        .prepare(),
  };
}
