/** Unread totals: what waits for the caller themselves. The team's queue is counted apart. */
import { and, desc, eq, gt, isNull, ne, type SQL, sql } from 'drizzle-orm';
import { lazily } from '../../db/lazily.ts';
import type { Questions } from '../../db/questions.ts';
import { conversations, participants } from '../../db/schema/conversations.ts';
import type { UnreadAnswer } from '../../protocol/http-catching-up.ts';
import { MAX_UNREAD_CONVERSATIONS } from '../../protocol/limits.ts';
import { isPersonOfTeam } from '../access.ts';
import type { Caller } from '../caller.ts';
import type { InboxCounts } from './inbox-counts.ts';
import { userOnly } from './threads.ts';
import { unreadAbove } from './unread-count.ts';

const param = sql.placeholder;

/** The newest are told one by one, of all the sum alone: rows cost more than their arithmetic. */
export function createUnread(db: Questions, { inbox }: { inbox: InboxCounts }) {
  const ofReader = unreadAbove(participants.readSeq, participants.ownAfterRead);
  const ofTeam = unreadAbove(conversations.teamReadSeq, conversations.botAfterRead);
  const isOwn = and(
    eq(participants.user, param('user')),
    isNull(participants.leftAt),
    ne(conversations.kind, 'side'),
    gt(ofReader, 0),
  );
  const inThem = eq(conversations.id, participants.conversation);
  /** Of the open conversations assigned to the caller, except those in which they are the customer. */
  const isAssigned = and(
    sql`${conversations.kind} = 'support'`,
    eq(conversations.assignee, param('user')),
    sql`${conversations.status} = 'open'`,
    sql`${conversations.customer} is distinct from ${param('user')}`,
    gt(ofTeam, 0),
  );
  const shown = (unread: typeof ofReader) => ({ id: conversations.uuid, activity: conversations.activity, unread });
  const newest = desc(conversations.activity);
  const statement = lazily({
    own: () =>
      db
        .select(shown(ofReader))
        .from(participants)
        .innerJoin(conversations, inThem)
        .where(isOwn)
        .orderBy(newest)
        .limit(MAX_UNREAD_CONVERSATIONS)
        .prepare(),
    ownTotal: () =>
      db
        .select({ total: totalOf(ofReader) })
        .from(participants)
        .innerJoin(conversations, inThem)
        .where(isOwn)
        .prepare(),
    assigned: () =>
      db
        .select(shown(ofTeam))
        .from(conversations)
        .where(isAssigned)
        .orderBy(newest)
        .limit(MAX_UNREAD_CONVERSATIONS)
        .prepare(),
    assignedTotal: () =>
      db
        .select({ total: totalOf(ofTeam) })
        .from(conversations)
        .where(isAssigned)
        .prepare(),
  });

  return {
    statement,

    /** Newest activity first; throws `FORBIDDEN` for an API key. */
    async unread(caller: Caller): Promise<UnreadAnswer> {
      const user = userOnly(caller);
      const given = { user: user.id };
      const [assigned, own, ownTotal, team] = await Promise.all([
        user.role === 'user' ? [] : statement.assigned.all(given),
        statement.own.all(given),
        statement.ownTotal.get(given),
        isPersonOfTeam(user.role) ? inbox.counts(user) : null,
      ]);
      const found = [...own, ...assigned].toSorted((a, b) => b.activity - a.activity);
      const ofAssigned = assigned.length === 0 ? undefined : await statement.assignedTotal.get(given);
      return {
        total: (ownTotal?.total ?? 0) + (ofAssigned?.total ?? 0),
        conversations: found.slice(0, MAX_UNREAD_CONVERSATIONS).map(({ id, unread }) => ({ id, unread })),
        ...(team === null ? {} : { team: { queue: team.queue, mine: team.mine } }),
      };
    },
  };
}

function totalOf(unread: SQL<number>): SQL<number> {
  return sql`coalesce(sum(${unread}), 0)`;
}
