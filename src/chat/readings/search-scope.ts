/**
 * Where a caller's search looks, as the words by which the index knows conversations. It holds all that they may read
 * now, and every hit is judged again: `chat/access.ts` says what that is, this only what need not be looked at.
 */
import { and, eq, isNull, sql } from 'drizzle-orm';
import { alias } from 'drizzle-orm/sqlite-core';
import { lazily } from '../../db/lazily.ts';
import type { Questions } from '../../db/questions.ts';
import { conversations, participants } from '../../db/schema/conversations.ts';
import { SIDE_THREADS, SUPPORT_THREADS } from '../../db/search-index.ts';
import { isTeam } from '../access.ts';
import { type Caller, hasScope, type UserCaller } from '../caller.ts';

/** Conversations that are looked into together. */
export interface Place {
  /** By the words of the index that stand for them; null: all that there are. */
  threads: string[] | null;
  /** No message in them is newer than this position. */
  newest: number;
}

/** So many conversations are one question to the index: it looks at each of them for each message that it finds. */
const TOGETHER = 100;

const param = sql.placeholder;

interface Found {
  id: number;
  side: number | null;
  position: number;
}

export type SearchScope = ReturnType<typeof createSearchScope>;

export function createSearchScope(db: Questions) {
  const side = alias(conversations, 'side');
  const which = { id: conversations.id, position: conversations.position };
  const withSide = { ...which, side: side.id, sidePosition: side.position };
  const statement = lazily({
    own: () =>
      db
        .select({ ...which, kind: conversations.kind })
        .from(participants)
        .innerJoin(conversations, eq(conversations.id, participants.conversation))
        .where(and(eq(participants.user, param('user')), isNull(participants.leftAt)))
        .prepare(),
    assigned: () =>
      db
        .select(withSide)
        .from(conversations)
        .leftJoin(side, eq(side.parent, conversations.id))
        .where(and(sql`${conversations.kind} = 'support'`, eq(conversations.assignee, param('user'))))
        .prepare(),
    waiting: () =>
      db
        .select({ ...which, queue: conversations.queue })
        .from(conversations)
        .where(
          and(
            sql`${conversations.kind} = 'support'`,
            isNull(conversations.assignee),
            sql`${conversations.status} = 'open'`,
          ),
        )
        .prepare(),
  });

  /** What is assigned to them, for a peer with what the team notes there; and what waits for one. */
  async function inCharge({ id: user, role }: UserCaller): Promise<Found[]> {
    if (role !== 'peer' && role !== 'bot') return [];
    const [assigned, waiting] = await Promise.all([
      statement.assigned.all({ user }),
      role === 'peer' ? statement.waiting.all() : [],
    ]);
    return [
      ...assigned.map(({ id, position, side, sidePosition }) => ({
        id,
        side: role === 'peer' ? side : null,
        position: Math.max(position, sidePosition ?? 0),
      })),
      ...waiting.flatMap(({ id, position, queue }) => (queue === 'peer' ? [{ id, position, side: null }] : [])),
    ];
  }

  return {
    statement,

    /** The places in which a caller's search looks, the one that changed last before the others. */
    async placesFor(caller: Caller): Promise<Place[]> {
      const team: Place = { threads: [SUPPORT_THREADS, SIDE_THREADS], newest: Number.MAX_SAFE_INTEGER };
      if (caller.kind === 'key') {
        return [hasScope(caller, 'conversations:all') ? { ...team, threads: null } : team];
      }
      const ofTeam = isTeam(caller.role);
      // A customer of the team may be of the team: then all support conversations are looked into already.
      const [all, charged] = await Promise.all([statement.own.all({ user: caller.id }), inCharge(caller)]);
      const own = all.filter(({ kind }) => !ofTeam || kind !== 'support');
      const found: Found[] = [...own.map((one) => ({ ...one, side: null })), ...charged];
      return [...(ofTeam ? [team] : []), ...grouped(found)];
    },
  };
}

function grouped(found: readonly Found[]): Place[] {
  const sorted = found.toSorted((a, b) => b.position - a.position);
  return Array.from({ length: Math.ceil(sorted.length / TOGETHER) }, (_, index) => {
    const group = sorted.slice(index * TOGETHER, (index + 1) * TOGETHER);
    const keys = group.flatMap(({ id, side }) => (side === null ? [id] : [id, side]));
    return { threads: [...new Set(keys)].map(String), newest: group[0]?.position ?? 0 };
  });
}
