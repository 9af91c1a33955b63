/**
 * What of a thread changed since a rev, in the order of revs. Messages that were never changed have revs that rise
 * with their seq, and since each took a rev, none of the new ones lies further back than the revs do: they are a
 * short range at the thread's end. The edited and deleted are found by their partial index.
 */
import { and, asc, eq, gt, sql } from 'drizzle-orm';
import { isTrue, unlooked } from '../../db/engine-words.ts';
import { lazily } from '../../db/lazily.ts';
import type { Questions } from '../../db/questions.ts';
import type { ConversationRow } from '../../db/rows.ts';
import { participants } from '../../db/schema/conversations.ts';
import { messages } from '../../db/schema/messages.ts';
import { users } from '../../db/schema/people.ts';
import type { Message } from '../../protocol/message.ts';
import type { Participant } from '../../protocol/participant.ts';
import { participantView } from '../views.ts';
import type { MessageViews } from './message-views.ts';
import { bytesOf } from './page-bytes.ts';

const param = sql.placeholder;

/** A message or a participant as it is now, at the rev of its last change. `written`: a message that is new. */
export type ThreadChange =
  | { rev: number; message: Message; written: boolean }
  | { rev: number; participant: Participant };

export type ThreadChanges = ReturnType<typeof createThreadChanges>;

export function createThreadChanges(db: Questions, views: MessageViews) {
  const inThread = eq(messages.conversation, param('conversation'));
  const newer = gt(messages.rev, param('since'));
  const statement = lazily({
    written: () =>
      db
        .select()
        .from(messages)
        .where(and(inThread, gt(messages.seq, param('above')), newer, eq(messages.changed, false)))
        .orderBy(asc(messages.seq))
        .limit(param('limit'))
        .prepare(),
    changed: () =>
      db
        .select()
        .from(messages)
        // The partial index is only seen by its own words.
        .where(and(inThread, newer, isTrue(db, messages.changed)))
        .orderBy(asc(messages.rev))
        .limit(param('limit'))
        .prepare(),
    /** Few in the whole file: by their own index. */
    streaming: () =>
      db
        .select()
        .from(messages)
        .where(and(sql`"state" = 'streaming'`, gt(messages.id, 0), unlooked(db, inThread)))
        .prepare(),
    participants: () =>
      db
        .select({ participant: participants, user: users })
        .from(participants)
        .innerJoin(users, eq(users.id, participants.user))
        .where(and(eq(participants.conversation, param('conversation')), gt(participants.rev, param('since'))))
        .orderBy(asc(participants.rev))
        .limit(param('limit'))
        .prepare(),
  });

  return {
    statement,

    /** The first `limit` changes above `since`, a rev below the thread's own. */
    async above(
      { id: conversation, uuid, seq, rev }: ConversationRow,
      since: number,
      limit: number,
    ): Promise<ThreadChange[]> {
      const asked = { conversation, since, limit };
      const [written, changed, people] = await Promise.all([
        statement.written.all({ ...asked, above: seq - (rev - since) }),
        statement.changed.all(asked),
        statement.participants.all(asked),
      ]);
      const rows = [...written, ...changed].toSorted((a, b) => a.rev - b.rev);
      const shown = await views.show(rows.slice(0, limit), uuid);
      const found: ThreadChange[] = [
        ...shown.map((message, index) => ({ rev: message.rev, message, written: rows[index]?.changed === false })),
        ...people.map(({ participant, user }) => ({
          rev: participant.rev,
          participant: participantView(participant, user),
        })),
      ];
      return found.toSorted((a, b) => a.rev - b.rev).slice(0, limit);
    },

    /** The messages that a bot is writing now, with their text so far. */
    streaming: async ({ id: conversation, uuid }: ConversationRow): Promise<Message[]> =>
      views.show(await statement.streaming.all({ conversation }), uuid),
  };
}

/**
 * The first of `found` that a page holds: at most `limit` and `budget` bytes, never a part of a rev, and the first rev
 * in any case.
 *
 * @param extra bytes that each takes elsewhere in the answer
 */
export function takeRevs(found: readonly ThreadChange[], limit: number, budget: number, extra: number): ThreadChange[] {
  let left = budget;
  let end = 0;
  for (const [index, change] of found.entries()) {
    if (index > 0 && change.rev !== found[index - 1]?.rev) end = index;
    left -= bytesOf('message' in change ? change.message : change.participant) + extra;
    if (end > 0 && (left < 0 || index >= limit)) return found.slice(0, end);
  }
  return [...found];
}
