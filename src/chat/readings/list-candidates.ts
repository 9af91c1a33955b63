/**
 * Where a list's rows come from: ranges of an index, each in the order of the list, so that no page sorts more than a
 * user's own conversations. Candidates are lean; what a page shows is read by key.
 */
import { and, asc, desc, eq, isNull, ne, type SQL, sql } from 'drizzle-orm';
import { lazily } from '../../db/lazily.ts';
import type { Questions } from '../../db/questions.ts';
import { conversations, participants } from '../../db/schema/conversations.ts';

const param = sql.placeholder;

/** Behind which row a page begins, in the order of the list. */
export interface Place {
  sort: number;
  id: number;
}

/** In the words of the partial indexes, which are not seen by a parameter's. */
const support = sql`${conversations.kind} = 'support'`;
const behind = sql`(${conversations.activity}, ${conversations.id}) < (${param('sort')}, ${param('id')})`;
const newestFirst = [desc(conversations.activity), desc(conversations.id)] as const;

const lean = {
  id: conversations.id,
  uuid: conversations.uuid,
  kind: conversations.kind,
  status: conversations.status,
  activity: conversations.activity,
  waiting: conversations.waiting,
  customer: conversations.customer,
  assignee: conversations.assignee,
  queue: conversations.queue,
  externalId: conversations.externalId,
  seq: conversations.seq,
  lastUncounted: conversations.lastUncounted,
  teamReadSeq: conversations.teamReadSeq,
  botAfterRead: conversations.botAfterRead,
};

export type Candidate = NonNullable<Awaited<ReturnType<ListStatements['support']['get']>>>;

export type ListStatements = ReturnType<typeof prepareList>;

export function prepareList(db: Questions) {
  const from = () => db.select(lean).from(conversations);
  const withAssignee = (which: SQL) =>
    from()
      .where(and(support, which, eq(conversations.status, param('status')), behind))
      .orderBy(...newestFirst)
      .limit(param('limit'))
      .prepare();
  return lazily({
    support: () =>
      from()
        .where(and(support, behind))
        .orderBy(...newestFirst)
        .limit(param('limit'))
        .prepare(),
    withStatus: () =>
      from()
        .where(and(support, eq(conversations.status, param('status')), behind))
        .orderBy(...newestFirst)
        .limit(param('limit'))
        .prepare(),
    assignedTo: () => withAssignee(eq(conversations.assignee, param('assignee'))),
    assignedToNobody: () => withAssignee(isNull(conversations.assignee)),
    ofCustomer: () =>
      from()
        .where(and(support, eq(conversations.customer, param('customer')), behind))
        .orderBy(...newestFirst)
        .limit(param('limit'))
        .prepare(),
    withExternalId: () =>
      from()
        .where(eq(conversations.externalId, param('externalId')))
        .prepare(),
    /** Longest waiting first. */
    waiting: () =>
      from()
        .where(
          and(
            sql`${conversations.waiting} is not null`,
            sql`(${conversations.waiting}, ${conversations.id}) > (${param('sort')}, ${param('id')})`,
          ),
        )
        .orderBy(asc(conversations.waiting), asc(conversations.id))
        .limit(param('limit'))
        .prepare(),
    /** Sorts, but over the user's own alone: keeping `activity` on every participant would cost a row each a message. */
    own: () =>
      db
        .select(lean)
        .from(participants)
        .innerJoin(conversations, eq(conversations.id, participants.conversation))
        .where(
          and(
            eq(participants.user, param('user')),
            isNull(participants.leftAt),
            // What is left of a deleted room until all have left it.
            ne(conversations.kind, 'side'),
            behind,
          ),
        )
        .orderBy(...newestFirst)
        .limit(param('limit'))
        .prepare(),
  });
}
