/** Who is in a conversation now, and in which rooms somebody is. */
import { and, asc, eq, gt, isNull, sql } from 'drizzle-orm';
import { lazily } from '../../db/lazily.ts';
import type { Questions } from '../../db/questions.ts';
import { conversations, participants } from '../../db/schema/conversations.ts';
import { users } from '../../db/schema/people.ts';
import type { Page } from '../../protocol/catching-up.ts';
import type { ParticipantsQuery } from '../../protocol/http-participants.ts';
import { DEFAULT_PAGE } from '../../protocol/limits.ts';
import type { Participant } from '../../protocol/participant.ts';
import type { Caller } from '../caller.ts';
import { participantView } from '../views.ts';
import { fitting, PAGE_BUDGET } from './page-bytes.ts';
import { decodePageCursor, encodePageCursor } from './page-cursor.ts';
import type { Rows } from './rows.ts';
import type { Threads } from './threads.ts';

const param = sql.placeholder;

export function createPeopleIn(db: Questions, rows: Rows, threads: Threads) {
  const statement = lazily({
    present: () =>
      db
        .select({ participant: participants, user: users })
        .from(participants)
        .innerJoin(users, eq(users.id, participants.user))
        .where(
          and(
            eq(participants.conversation, param('conversation')),
            gt(participants.user, param('behind')),
            isNull(participants.leftAt),
          ),
        )
        .orderBy(asc(participants.user))
        .limit(param('limit'))
        .prepare(),
    rooms: () =>
      db
        .select({ id: conversations.id })
        .from(participants)
        .innerJoin(conversations, eq(conversations.id, participants.conversation))
        .where(and(eq(participants.user, param('user')), isNull(participants.leftAt), eq(conversations.kind, 'room')))
        .prepare(),
  });

  return {
    statement,

    /** Who is in it now; throws `NOT_FOUND`, and `VALIDATION` for a cursor of another list. */
    async participants(
      caller: Caller,
      id: string,
      { limit = DEFAULT_PAGE, cursor }: ParticipantsQuery,
    ): Promise<Page<Participant>> {
      const { id: conversation } = await threads.findMain(caller, id);
      const place = cursor === undefined ? null : decodePageCursor(cursor, 'participants');
      const last = place === null ? undefined : await rows.userByUuid.get({ uuid: place.id });
      const behind = last?.id ?? 0;
      const found = await statement.present.all({ conversation, behind, limit: limit + 1 });
      const items = found.slice(0, limit).map(({ participant, user }) => participantView(participant, user));
      const shown = items.slice(0, fitting(items, PAGE_BUDGET));
      const end = shown.length < found.length ? shown.at(-1) : undefined;
      const next = end === undefined ? null : encodePageCursor({ order: 'participants', sort: 0, id: end.user.id });
      return { items: shown, next };
    },

    /** Keys of the rooms that a user is in now. */
    rooms: async (user: number): Promise<number[]> => (await statement.rooms.all({ user })).map(({ id }) => id),
  };
}
