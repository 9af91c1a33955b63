/** The rooms that the host names in a token it signed: joined at sign-in. Only the host takes out again. */
import { and, eq, isNull, sql } from 'drizzle-orm';
import type { Questions } from '../db/questions.ts';
import { conversations, participants } from '../db/schema/conversations.ts';
import type { Writer } from '../db/writer.ts';
import type { Conversation } from '../protocol/conversation.ts';
import { HOST } from './caller.ts';
import type { Change } from './change.ts';
import type { Publication } from './publication.ts';

/** Gives the function that puts a user into the rooms of these externalIds, making those that are new. */
export function claimedRooms(writer: Writer<Change, Publication>, db: Questions) {
  const inside = db
    .select({ conversation: participants.conversation })
    .from(conversations)
    .innerJoin(participants, eq(participants.conversation, conversations.id))
    .where(
      and(
        eq(conversations.externalId, sql.placeholder('externalId')),
        eq(participants.user, sql.placeholder('user')),
        isNull(participants.leftAt),
      ),
    )
    .prepare();

  return async (user: { id: number; uuid: string }, externalIds: readonly string[]): Promise<void> => {
    const guest = { user: { uuid: user.uuid }, name: null };
    const there = await Promise.all(externalIds.map((externalId) => inside.get({ externalId, user: user.id })));
    for (const externalId of externalIds.filter((_, index) => there[index] === undefined)) {
      const { conversation, made } = await writer.submit<{ conversation: Conversation; made: boolean }>({
        type: 'conversation.create',
        by: HOST,
        beginning: { id: null, ip: null, userAgent: null, context: {} },
        kind: 'room',
        subject: null,
        externalId,
        maxLength: null,
        guests: [guest],
      });
      if (made) continue;
      await writer.submit({ type: 'participant.put', by: HOST, conversation: conversation.id, guest });
    }
  };
}
