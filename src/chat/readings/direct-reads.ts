/** In direct conversations: who had read up to where, and when, so that the time at which a message was read is told. */
import { and, asc, desc, eq, gte, sql } from 'drizzle-orm';
import { lazily } from '../../db/lazily.ts';
import type { Questions } from '../../db/questions.ts';
import type { UserRow } from '../../db/rows.ts';
import { reads } from '../../db/schema/conversations.ts';
import type { Read } from '../../protocol/catching-up.ts';
import { timeOf } from '../views.ts';
import type { Rows } from './rows.ts';

/** Of each of the two: the moves that a `sync` tells beside those over its new messages. */
const NEWEST = 20;
/** What the moves of both take of an answer: for each message of a page, and for the newest. */
const MOVE_BYTES = 110;
export const READS_A_MESSAGE_BYTES = 2 * MOVE_BYTES;
export const NEWEST_READS_BYTES = 2 * (NEWEST + 1) * MOVE_BYTES;

/** The first and last seq of messages that follow each other. */
export type Span = readonly [first: number, last: number];

const param = sql.placeholder;

export type DirectReads = ReturnType<typeof createDirectReads>;

export function createDirectReads(db: Questions, rows: Rows) {
  const mine = and(eq(reads.conversation, param('conversation')), eq(reads.user, param('user')));
  const statement = lazily({
    from: () =>
      db
        .select()
        .from(reads)
        .where(and(mine, gte(reads.seq, param('first'))))
        .orderBy(asc(reads.seq))
        .limit(param('limit'))
        .prepare(),
    newest: () => db.select().from(reads).where(mine).orderBy(desc(reads.seq)).limit(NEWEST).prepare(),
  });

  /** A move tells of the messages up to its seq: a span needs the moves inside it and the first behind it. */
  async function over(conversation: number, user: number, span: Span | null) {
    if (span === null) return [];
    const [first, last] = span;
    const moves = await statement.from.all({ conversation, user, first, limit: last - first + 2 });
    const behind = moves.findIndex((move) => move.seq >= last);
    return behind === -1 ? moves : moves.slice(0, behind + 1);
  }

  async function told(
    present: readonly { user: UserRow }[],
    movesOf: (user: number) => Promise<{ seq: number; at: number }[]>,
  ): Promise<Read[]> {
    const moves = await Promise.all(present.map(({ user }) => movesOf(user.id)));
    return present.flatMap(({ user }, index) =>
      (moves[index] ?? []).map(({ seq, at }) => ({ userId: user.uuid, seq, at: timeOf(at) })),
    );
  }

  return {
    statement,

    /** What tells when each message of the span was read. */
    over: async (conversation: number, span: Span | null): Promise<Read[]> =>
      told(await rows.present.all({ conversation }), (user) => over(conversation, user, span)),

    /** The same of those who are in it, and the newest moves: what was read meanwhile of what the client held already. */
    since: (conversation: number, present: readonly { user: UserRow }[], span: Span | null): Promise<Read[]> =>
      told(present, async (user) => {
        const [newest, spanned] = await Promise.all([
          statement.newest.all({ conversation, user }),
          over(conversation, user, span),
        ]);
        const bySeq = new Map([...newest, ...spanned].map((move) => [move.seq, move]));
        return [...bySeq.values()].toSorted((a, b) => a.seq - b.seq);
      }),
  };
}

/** The span from the first of ascending `items` to the last; null of none. */
export function spanOf(items: readonly { seq: number }[]): Span | null {
  const [first, last] = [items[0], items.at(-1)];
  return first === undefined || last === undefined ? null : [first.seq, last.seq];
}
