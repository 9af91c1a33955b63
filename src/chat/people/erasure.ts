/**
 * Where an erasure goes next. It walks through the conversations that the user is in, and for who is of the team,
 * or was, through all of support; in each through what they wrote, in the customer's own through the team's notes too.
 */
import { and, asc, eq, gt, isNotNull, sql } from 'drizzle-orm';
import { numberIn, unlooked } from '../../db/engine-words.ts';
import { lazily } from '../../db/lazily.ts';
import type { Questions } from '../../db/questions.ts';
import { conversations, participants } from '../../db/schema/conversations.ts';
import { jobs } from '../../db/schema/jobs.ts';
import { messages } from '../../db/schema/messages.ts';
import { passkeys } from '../../db/schema/passkeys.ts';
import { authors } from '../../db/schema/people.ts';
import { audit } from '../../db/schema/setup.ts';
import type { NextStep } from '../jobs.ts';
import type { ErasureState } from './people-change.ts';

/** Messages that one change erases: it takes some five milliseconds. */
const MOST_ERASED = 100;
/** Messages that are looked at together. */
const WINDOW = 500;
/** How long one look may take: what is not found by then is looked for in the next step. */
const LOOK_MS = 5;
const AUDIT_LINES = 50;

const param = sql.placeholder;

export function erasureSteps(db: Questions): { statement: object; next: NextStep } {
  const statement = lazily({
    /** Whether they ever spoke for the team: their role of today does not tell. */
    forTeam: () =>
      db
        .select({ id: authors.id })
        .from(authors)
        .where(and(eq(authors.user, param('user')), sql`${authors.role} <> 'user'`))
        .limit(1)
        .prepare(),
    assigned: () =>
      db
        .select({ id: conversations.id })
        .from(conversations)
        .where(and(eq(conversations.assignee, param('user')), sql`"kind" = 'support'`))
        .limit(1)
        .prepare(),
    conversation: () =>
      db
        .select()
        .from(conversations)
        .where(eq(conversations.id, param('id')))
        .prepare(),
    side: () =>
      db
        .select()
        .from(conversations)
        .where(eq(conversations.parent, param('parent')))
        .prepare(),
    participation: () =>
      db
        .select({ conversation: participants.conversation })
        .from(participants)
        .where(and(eq(participants.conversation, param('conversation')), eq(participants.user, param('user'))))
        .prepare(),
    nextOwn: () =>
      db
        .select({ id: participants.conversation })
        .from(participants)
        .where(and(eq(participants.user, param('user')), gt(participants.conversation, param('after'))))
        .orderBy(asc(participants.conversation))
        .limit(1)
        .prepare(),
    nextOfSupport: () =>
      db
        .select({ id: conversations.id })
        .from(conversations)
        .where(and(gt(conversations.id, param('after')), unlooked(db, sql`"kind" in ('support', 'side')`)))
        .orderBy(asc(conversations.id))
        .limit(1)
        .prepare(),
    written: () =>
      db
        .select({ id: messages.id, seq: messages.seq })
        .from(messages)
        .where(
          and(
            eq(messages.conversation, param('conversation')),
            gt(messages.seq, param('from')),
            sql`${messages.seq} <= ${param('to')}`,
            // Of what the server says the comment of a rating is a customer's own.
            sql`${messages.deletedAt} is null
            and (${messages.kind} <> 'system' or (${param('all')} = 1 and ${messages.content} <> ''))`,
            sql`(${param('all')} = 1 or (select "user" from "authors" where "id" = ${messages.author}) = ${param('user')})`,
          ),
        )
        .orderBy(asc(messages.seq))
        .limit(MOST_ERASED)
        .prepare(),
    audit: () =>
      db
        .select({ id: audit.id })
        .from(audit)
        .where(and(eq(audit.user, param('user')), isNotNull(audit.address)))
        .limit(AUDIT_LINES)
        .prepare(),
    passkeys: () =>
      db
        .select({ id: passkeys.id })
        .from(passkeys)
        .where(eq(passkeys.user, param('user')))
        .limit(AUDIT_LINES)
        .prepare(),
    merging: () =>
      db
        .select({ id: jobs.id })
        .from(jobs)
        .where(and(eq(jobs.kind, 'merge'), sql`${numberIn(db, jobs.state, 'to')} = ${param('user')}`))
        .prepare(),
  });

  async function following(user: number, after: number): Promise<number | null> {
    const [nextOwn, forTeam, assigned] = await Promise.all([
      statement.nextOwn.get({ user, after }),
      statement.forTeam.get({ user }),
      statement.assigned.get({ user }),
    ]);
    const own = nextOwn?.id ?? null;
    if (forTeam === undefined && assigned === undefined) return own;
    const ofSupport = (await statement.nextOfSupport.get({ after }))?.id ?? null;
    return own === null || ofSupport === null ? (own ?? ofSupport) : Math.min(own, ofSupport);
  }

  const next: NextStep = async ({ id: job, state: told }) => {
    const state = { ...(told as unknown as ErasureState) };
    const { user } = state;
    // What is still on its way to them is theirs too.
    if ((await statement.merging.get({ user })) !== undefined) return null;
    const until = performance.now() + LOOK_MS;
    for (;;) {
      const main = await statement.conversation.get({ id: state.conversation });
      const customers = main?.kind === 'support' && main.customer === user;
      const thread = state.side && main !== undefined ? await statement.side.get({ parent: main.id }) : main;
      while (thread !== undefined && state.seq < thread.seq) {
        const range = { conversation: thread.id, from: state.seq, to: state.seq + WINDOW };
        const found = await statement.written.all({ ...range, user, all: state.side ? 1 : 0 });
        state.seq = found.length === MOST_ERASED ? (found.at(-1)?.seq ?? range.to) : range.to;
        const look = { type: 'user.eraseText' as const, job, thread: thread.id, messages: found.map(({ id }) => id) };
        if (found.length > 0) return { ...look, state: { ...state, touched: true } };
        if (performance.now() > until) return { ...look, state };
      }
      if (customers && !state.side) {
        Object.assign(state, { side: true, seq: 0 });
        continue;
      }
      const left = main !== undefined && (state.touched || main.assignee === user || (await isIn(user, main.id)));
      const after = await following(user, state.conversation);
      const then = { ...state, conversation: after ?? Number.MAX_SAFE_INTEGER, side: false, seq: 0, touched: false };
      if (left && main !== undefined) return { type: 'user.eraseFrom', job, thread: main.id, state: then };
      if (after === null) {
        const keys = (rows: { id: number }[]) => rows.map(({ id }) => id);
        const [lines, own] = await Promise.all([statement.audit.all({ user }), statement.passkeys.all({ user })]);
        return { type: 'user.eraseRest', job, user, audit: keys(lines), passkeys: keys(own) };
      }
      Object.assign(state, then);
    }
  };

  async function isIn(user: number, conversation: number): Promise<boolean> {
    return (await statement.participation.get({ conversation, user })) !== undefined;
  }

  return { statement, next };
}
