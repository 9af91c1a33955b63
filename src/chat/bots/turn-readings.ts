/** What is read about turns: those that are open, the one that a message belongs to, what a bot is told. */
import { and, asc, desc, eq, gt, gte, isNull, lt, lte, ne, sql } from 'drizzle-orm';
import { unlooked } from '../../db/engine-words.ts';
import { lazily } from '../../db/lazily.ts';
import type { Questions } from '../../db/questions.ts';
import { turns } from '../../db/schema/bots.ts';
import { messages } from '../../db/schema/messages.ts';

const param = sql.placeholder;
// Word for word what the partial index says.
const isOpen = sql`"state" in ('waiting', 'asked', 'deferred')`;

export type TurnReadings = ReturnType<typeof prepareTurns>;

export function prepareTurns(db: Questions) {
  const ofConversation = eq(turns.conversation, param('conversation'));
  const inThread = eq(messages.conversation, param('conversation'));
  return lazily({
    byKey: () =>
      db
        .select()
        .from(turns)
        .where(eq(turns.id, param('id')))
        .prepare(),
    openByUuid: () =>
      db
        .select()
        .from(turns)
        .where(and(eq(turns.uuid, param('uuid')), isOpen))
        .prepare(),
    open: () =>
      db
        .select({ conversation: turns.conversation })
        .from(turns)
        .where(and(isOpen, gt(turns.conversation, 0)))
        .orderBy(asc(turns.conversation), asc(turns.id))
        .prepare(),
    openOf: () => db.select().from(turns).where(and(isOpen, ofConversation)).orderBy(asc(turns.id)).prepare(),
    /** The one that answers the message of that seq. */
    covering: () =>
      db
        .select()
        .from(turns)
        .where(and(ofConversation, gte(turns.upTo, param('seq'))))
        .orderBy(asc(turns.upTo))
        .limit(1)
        .prepare(),
    /** Up to where the turn before went. */
    before: () =>
      db
        .select({ upTo: turns.upTo })
        .from(turns)
        .where(and(ofConversation, lt(turns.upTo, param('upTo'))))
        .orderBy(desc(turns.upTo))
        .limit(1)
        .prepare(),
    message: () =>
      db
        .select()
        .from(messages)
        .where(and(inThread, eq(messages.seq, param('seq'))))
        .prepare(),
    /** Newest first. */
    history: () =>
      db
        .select()
        .from(messages)
        .where(and(inThread, lte(messages.seq, param('upTo')), ne(messages.kind, 'system'), isNull(messages.deletedAt)))
        .orderBy(desc(messages.seq))
        .limit(param('limit'))
        .prepare(),
    streaming: () =>
      db
        .select({ conversation: messages.conversation })
        .from(messages)
        .where(and(sql`"state" = 'streaming'`, gt(messages.id, 0)))
        .prepare(),
    streamingIn: () =>
      db
        .select()
        .from(messages)
        .where(and(sql`"state" = 'streaming'`, gt(messages.id, 0), unlooked(db, inThread)))
        .prepare(),
  });
}
