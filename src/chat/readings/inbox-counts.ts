/** The numbers over the inbox. What is the same for many is counted once for each state of the store. */
import { and, eq, sql } from 'drizzle-orm';
import { alias } from 'drizzle-orm/sqlite-core';
import { joinInOrder } from '../../db/engine-words.ts';
import { lazily } from '../../db/lazily.ts';
import type { Maybe, Questions } from '../../db/questions.ts';
import { conversations } from '../../db/schema/conversations.ts';
import type { AssigneeCount } from '../../protocol/assignee-count.ts';
import type { Counts } from '../../protocol/counts.ts';
import { Refusal } from '../../protocol/refusal.ts';
import { isPersonOfTeam, isTeam } from '../access.ts';
import type { Caller, UserCaller } from '../caller.ts';

/** More are not for one page to show. */
const MOST_ASSIGNEES = 1000;

/** Open conversations of everybody, and those of them that wait in the queue of peers. */
interface Shared {
  position: number;
  open: number;
  snoozed: number;
  queue: number;
  peerQueue: number;
}

export type InboxCounts = ReturnType<typeof createInboxCounts>;

/** @param clock the position of the newest commit, µs */
export function createInboxCounts(db: Questions, clock: () => Maybe<number>) {
  const side = alias(conversations, 'side');
  const numbers = { all: sql<number>`count(*)`, snoozed: sql<number>`count(${side.snoozedUntil})` };
  const isOpen = and(sql`${conversations.kind} = 'support'`, sql`${conversations.status} = 'open'`);
  const assignedTo = and(isOpen, eq(conversations.assignee, sql.placeholder('user')));
  const from = () => db.select(numbers).from(conversations).leftJoin(side, eq(side.parent, conversations.id));
  const statement = lazily({
    open: () => from().where(isOpen).prepare(),
    unassigned: () =>
      db
        .select({
          all: sql<number>`count(*)`,
          peers: sql<number>`count(case when ${conversations.queue} = 'peer' then 1 end)`,
        })
        .from(conversations)
        .leftJoin(side, eq(side.parent, conversations.id))
        .where(and(isOpen, sql`${conversations.assignee} is null`, sql`${side.snoozedUntil} is null`))
        .prepare(),
    /** By the index alone: asked for each who watches. */
    mine: () => db.select({ all: numbers.all }).from(conversations).where(assignedTo).prepare(),
    mineSnoozed: () => from().where(assignedTo).prepare(),
    // From the team to what each has open, by index: what is closed costs nothing, and what lies in the queue neither.
    // Any role is above the empty one: the index is walked in its order, and nothing is sorted.
    assignees: () =>
      db.inWords<Record<string, never>, AssigneeCount>(`
        select users.uuid as id, count(*) - count(side.snoozed_until) as open, count(side.snoozed_until) as snoozed
        from users
        ${joinInOrder(db)} conversations mine on mine.assignee = users.id and mine.status = 'open' and mine.kind = 'support'
        ${joinInOrder(db)} conversations side on side.parent = mine.id
        where users.role <> 'user' and users.role > '' group by users.role, users.id order by users.role, users.id limit ${MOST_ASSIGNEES}`),
  });
  let shared: Shared | null = null;
  let assigned: { position: number; counts: AssigneeCount[] } | null = null;

  async function sharedNow(): Promise<Shared> {
    const position = await clock();
    if (shared?.position === position) return shared;
    const [open, unassigned] = await Promise.all([statement.open.get(), statement.unassigned.get()]);
    const snoozed = open?.snoozed ?? 0;
    shared = {
      position,
      open: (open?.all ?? 0) - snoozed,
      snoozed,
      queue: unassigned?.all ?? 0,
      peerQueue: unassigned?.peers ?? 0,
    };
    return shared;
  }

  return {
    statement,

    /** Who answers open conversations, and how many. Throws `FORBIDDEN` for who does not see every one. */
    async assignees(caller: Caller): Promise<AssigneeCount[]> {
      if (caller.kind !== 'user' || !isTeam(caller.role)) throw new Refusal('FORBIDDEN');
      const position = await clock();
      if (assigned?.position === position) return assigned.counts;
      const counts = await statement.assignees.all({});
      assigned = { position, counts };
      return counts;
    },

    /** Of what the caller may read; throws `FORBIDDEN` for who has no inbox. */
    async counts({ id: user, role }: Pick<UserCaller, 'id' | 'role'>): Promise<Counts> {
      if (!isPersonOfTeam(role)) throw new Refusal('FORBIDDEN');
      const [{ open, snoozed, queue, peerQueue }, own, ownSnoozed] = await Promise.all([
        sharedNow(),
        statement.mine.get({ user }),
        isTeam(role) ? undefined : statement.mineSnoozed.get({ user }),
      ]);
      const mine = own?.all ?? 0;
      if (isTeam(role)) return { queue, mine, open, snoozed };
      const mineSnoozed = ownSnoozed?.snoozed ?? 0;
      return { queue: peerQueue, mine, open: peerQueue + mine - mineSnoozed, snoozed: mineSnoozed };
    },
  };
}
