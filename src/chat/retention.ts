/**
 * What is kept no longer than it has to be: closed conversations by the team's own setting, visitors who never said
 * anything, credentials whose time is over, word of what was deleted. Looked for every hour, by an index each, by one of
 * the servers; what is found goes in small changes, with pauses for everybody else.
 */
import { and, asc, eq, gt, isNotNull, lt, sql } from 'drizzle-orm';
import { isTrue } from '../db/engine-words.ts';
import { lazily } from '../db/lazily.ts';
import type { Questions } from '../db/questions.ts';
import { conversations, participants } from '../db/schema/conversations.ts';
import { links, sessions } from '../db/schema/credentials.ts';
import { removals } from '../db/schema/jobs.ts';
import { pushes } from '../db/schema/notices.ts';
import { users } from '../db/schema/people.ts';
import type { Writer } from '../db/writer.ts';
import { MAX_CURSOR_AGE_MS } from '../protocol/limits.ts';
import type { Change } from './change.ts';
import { type Duties, type Duty, untilAborted } from './duties.ts';
import type { Publication } from './publication.ts';

const EVERY_MS = 60 * 60 * 1000;
const DAY_MS = 24 * 60 * 60 * 1000;
/** Rows that are looked for together. */
const PAGE = 50;
const PAUSE_MS = 10;

const param = sql.placeholder;

export interface RetentionParts {
  db: Questions;
  writer: Writer<Change, Publication>;
  duties: Duties;
  /** For how long closed conversations are kept, in days; null: for ever. */
  retentionDays: () => number | null;
  /** ms */
  now: () => number;
  onError: (error: unknown) => void;
}

export type Retention = ReturnType<typeof createRetention>;

export function createRetention({ db, writer, duties, retentionDays, now, onError }: RetentionParts) {
  const statement = lazily({
    closed: () =>
      db
        .select({ uuid: conversations.uuid })
        .from(conversations)
        .where(
          and(
            isNotNull(conversations.closedAt),
            lt(conversations.closedAt, param('before')),
            lt(conversations.activity, param('position')),
            sql`"kind" in ('support', 'room')`,
          ),
        )
        .orderBy(asc(conversations.closedAt))
        .limit(PAGE)
        .prepare(),
    /** Words of the partial index: anonymous, and still themselves. */
    silent: () =>
      db
        .select({ id: users.id, createdAt: users.createdAt })
        .from(users)
        .where(
          and(
            sql`${isTrue(db, users.anonymous)} and "merged_into" is null and "erased_at" is null`,
            sql`(${users.createdAt}, ${users.id}) > (${param('from')}, ${param('fromId')})`,
            lt(users.createdAt, param('before')),
            sql`coalesce(${users.lastSeenAt}, 0) < ${param('before')}`,
            sql`not exists (select 1 from "authors" where "authors"."user" = ${users.id})`,
          ),
        )
        .orderBy(asc(users.createdAt), asc(users.id))
        .limit(PAGE)
        .prepare(),
    conversationsOf: () =>
      db
        .select({ uuid: conversations.uuid, kind: conversations.kind, seq: conversations.seq })
        .from(participants)
        .innerJoin(conversations, eq(conversations.id, participants.conversation))
        .where(eq(participants.user, param('user')))
        .limit(PAGE)
        .prepare(),
    sessions: () =>
      db
        .select({ id: sessions.id })
        .from(sessions)
        .where(lt(sessions.expiresAt, param('before')))
        .limit(PAGE)
        .prepare(),
    pushesOf: () =>
      db
        .select({ id: pushes.id })
        .from(pushes)
        .where(eq(pushes.session, param('session')))
        .prepare(),
    links: () =>
      db
        .select({ id: links.id })
        .from(links)
        .where(lt(links.expiresAt, param('before')))
        .limit(PAGE)
        .prepare(),
    removals: () =>
      db
        .select({ id: removals.id })
        .from(removals)
        .where(and(gt(removals.position, 0), lt(removals.position, param('position'))))
        .limit(PAGE)
        .prepare(),
  });
  let stopped = false;
  let running: Promise<void> | null = null;
  let duty: Duty | null = null;

  const pause = () => new Promise<void>((resolve) => setTimeout(resolve, PAUSE_MS));
  const keysOf = (rows: { id: number }[]) => rows.map(({ id }) => id);

  async function closedConversations(): Promise<void> {
    const days = retentionDays();
    if (days === null) return;
    const before = now() - days * DAY_MS;
    for (;;) {
      const found = await statement.closed.all({ before, position: before * 1000 });
      for (const { uuid } of found) {
        if (stopped) return;
        await writer.submit({ type: 'conversation.expire', conversation: uuid, closedBefore: before });
        await pause();
      }
      if (found.length < PAGE) return;
    }
  }

  /** An empty conversation goes with who began it; one in which the team wrote, or that is others' too, keeps both. */
  async function silentVisitor(user: number, before: number): Promise<void> {
    const theirs = await statement.conversationsOf.all({ user });
    if (theirs.some(({ kind, seq }) => kind !== 'support' || seq > 0)) return;
    for (const { uuid } of theirs) {
      await writer.submit({ type: 'conversation.expire', conversation: uuid, closedBefore: null });
    }
    if (stopped) return;
    await writer.submit({ type: 'visitor.remove', user, before });
    await pause();
  }

  async function silentVisitors(): Promise<void> {
    const before = now() - DAY_MS;
    let last = { from: 0, fromId: 0 };
    for (;;) {
      const found = await statement.silent.all({ ...last, before });
      for (const { id } of found) {
        if (stopped) return;
        // What goes wrong with one holds up none of the others.
        await silentVisitor(id, before).catch(onError);
      }
      const end = found.at(-1);
      if (end === undefined || found.length < PAGE) return;
      last = { from: end.createdAt, fromId: end.id };
    }
  }

  async function timeOver(): Promise<void> {
    for (;;) {
      const at = now();
      // A day more: who comes late is told that it has expired, and not that it never was.
      const [sessions, links, removals] = await Promise.all([
        statement.sessions.all({ before: at - DAY_MS }),
        statement.links.all({ before: at - DAY_MS }),
        statement.removals.all({ position: (at - MAX_CURSOR_AGE_MS) * 1000 }),
      ]);
      const pushes = await Promise.all(sessions.map(({ id }) => statement.pushesOf.all({ session: id })));
      const gone = {
        sessions: keysOf(sessions),
        pushes: keysOf(pushes.flat()),
        links: keysOf(links),
        removals: keysOf(removals),
      };
      if (stopped || Object.values(gone).every((rows) => rows.length === 0)) return;
      await writer.submit({ type: 'credentials.expire', before: at - DAY_MS, ...gone });
      await pause();
    }
  }

  async function run(): Promise<void> {
    for (const sweep of [closedConversations, silentVisitors, timeOver]) {
      if (stopped) return;
      await sweep().catch(onError);
    }
  }

  /** Looks for all of it now, unless that is under way; resolves when it is done. */
  function sweep(): Promise<void> {
    running ??= run().finally(() => {
      running = null;
    });
    return running;
  }

  async function sweepWhile(held: AbortSignal): Promise<void> {
    stopped = false;
    void sweep();
    const timer = setInterval(() => void sweep(), EVERY_MS).unref();
    await untilAborted(held);
    stopped = true;
    clearInterval(timer);
    await running;
  }

  return {
    statement,
    sweep,

    start(): void {
      duty = duties.hold('retention', sweepWhile);
    },

    async stop(): Promise<void> {
      await duty?.end();
    },
  };
}
