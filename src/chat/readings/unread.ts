/** Unread totals: what waits for the caller themselves. The team's queue is counted apart. */
import { and, eq, isNull, ne, sql } from 'drizzle-orm';
import type { Reader } from '../../db/open.ts';
import { conversations, participants } from '../../db/schema/conversations.ts';
import type { UnreadAnswer } from '../../protocol/http-catching-up.ts';
import { MAX_UNREAD_CONVERSATIONS } from '../../protocol/limits.ts';
import { isPersonOfTeam } from '../access.ts';
import type { Caller, UserCaller } from '../caller.ts';
import type { InboxCounts } from './inbox-counts.ts';
import { userOnly } from './threads.ts';
import type { UnreadCount } from './unread-count.ts';

const param = sql.placeholder;

const counted = {
  id: conversations.id,
  uuid: conversations.uuid,
  activity: conversations.activity,
  customer: conversations.customer,
  seq: conversations.seq,
  lastUncounted: conversations.lastUncounted,
  teamReadSeq: conversations.teamReadSeq,
  botAfterRead: conversations.botAfterRead,
};

export function createUnread(db: Reader, { count, inbox }: { count: UnreadCount; inbox: InboxCounts }) {
  const statement = {
    own: db
      .select({ ...counted, readSeq: participants.readSeq, ownAfterRead: participants.ownAfterRead })
      .from(participants)
      .innerJoin(conversations, eq(conversations.id, participants.conversation))
      .where(
        and(
          eq(participants.user, param('user')),
          isNull(participants.leftAt),
          ne(conversations.kind, 'side'),
          sql`${conversations.seq} > ${participants.readSeq} + ${participants.ownAfterRead}`,
        ),
      )
      .prepare(),
    assigned: db
      .select(counted)
      .from(conversations)
      .where(
        and(
          sql`${conversations.kind} = 'support'`,
          eq(conversations.assignee, param('user')),
          sql`${conversations.status} = 'open'`,
          sql`${conversations.seq} > ${conversations.teamReadSeq} + ${conversations.botAfterRead}`,
        ),
      )
      .prepare(),
  };

  /** Of the open conversations assigned to the caller, except those in which they are the customer. */
  function assigned({ id: user }: UserCaller) {
    const found = statement.assigned.all({ user }).filter((row) => row.customer !== user);
    return found.map((row) => ({ id: row.uuid, activity: row.activity, unread: count.ofTeam(row) }));
  }

  return {
    statement,

    /** Newest activity first; throws `FORBIDDEN` for an API key. */
    unread(caller: Caller): UnreadAnswer {
      const user = userOnly(caller);
      const own = statement.own.all({ user: user.id });
      const found = [
        ...own.map((row) => ({ id: row.uuid, activity: row.activity, unread: count.ofReader(row, row) })),
        ...(user.role === 'user' ? [] : assigned(user)),
      ].filter(({ unread }) => unread > 0);
      const shown = found.toSorted((a, b) => b.activity - a.activity).slice(0, MAX_UNREAD_CONVERSATIONS);
      const team = isPersonOfTeam(user.role) ? inbox.counts(user) : null;
      return {
        total: found.reduce((sum, { unread }) => sum + unread, 0),
        conversations: shown.map(({ id, unread }) => ({ id, unread })),
        ...(team === null ? {} : { team: { queue: team.queue, mine: team.mine } }),
      };
    },
  };
}
