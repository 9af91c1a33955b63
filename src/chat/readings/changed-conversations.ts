/** Which conversations changed for a caller since a position: to be told anew, or to be forgotten. */
import { and, asc, eq, gt, isNull, ne, or, sql } from 'drizzle-orm';
import { numberIn } from '../../db/engine-words.ts';
import { lazily } from '../../db/lazily.ts';
import type { Questions } from '../../db/questions.ts';
import type { ConversationRow } from '../../db/rows.ts';
import { conversations, participants } from '../../db/schema/conversations.ts';
import { removals } from '../../db/schema/jobs.ts';
import { messages } from '../../db/schema/messages.ts';
import { authors } from '../../db/schema/people.ts';
import { MAX_CHANGED_CONVERSATIONS } from '../../protocol/limits.ts';
import { isTeam } from '../access.ts';
import type { UserCaller } from '../caller.ts';
import type { Rows } from './rows.ts';
import type { RowsOfMany } from './rows-of-many.ts';
import type { Threads } from './threads.ts';

/** `gone`: its id is all that may be told. */
export interface Changed {
  id: number;
  position: number;
  gone: boolean;
}

/** One that was deleted, by the id that people knew. */
export interface Removed {
  uuid: string;
  position: number;
}

/** A conversation and its side may each stand in the range of positions. */
const MOST_ROWS = 2 * MAX_CHANGED_CONVERSATIONS + 1;

const param = sql.placeholder;

interface Parts {
  rows: Rows;
  threads: Threads;
  many: RowsOfMany;
}

export type ChangedConversations = ReturnType<typeof createChangedConversations>;

export function createChangedConversations(db: Questions, { rows, threads, many }: Parts) {
  const statement = lazily({
    support: () =>
      db
        .select({
          id: conversations.id,
          kind: conversations.kind,
          parent: conversations.parent,
          position: conversations.position,
        })
        .from(conversations)
        .where(and(sql`"kind" in ('support', 'side')`, gt(conversations.position, param('since'))))
        .orderBy(asc(conversations.position), asc(conversations.id))
        .limit(MOST_ROWS)
        .prepare(),
    /** Of a user's conversations alone: no index holds their positions together. */
    own: () =>
      db
        .select({
          id: conversations.id,
          position: conversations.position,
          mark: participants.markPosition,
          member: participants.memberPosition,
          leftAt: participants.leftAt,
        })
        .from(participants)
        .innerJoin(conversations, eq(conversations.id, participants.conversation))
        .where(
          and(
            eq(participants.user, param('user')),
            ne(conversations.kind, 'side'),
            or(
              gt(conversations.position, param('since')),
              gt(participants.markPosition, param('since')),
              gt(participants.memberPosition, param('since')),
            ),
          ),
        )
        .prepare(),
    removedForUser: () =>
      db
        .select({ uuid: removals.conversation, position: removals.position })
        .from(removals)
        .where(and(eq(removals.user, param('user')), gt(removals.position, param('since'))))
        .orderBy(asc(removals.position), asc(removals.id))
        .limit(MAX_CHANGED_CONVERSATIONS + 1)
        .prepare(),
    removedForTeam: () =>
      db
        .select({ uuid: removals.conversation, position: removals.position })
        .from(removals)
        .where(and(isNull(removals.user), gt(removals.position, param('since'))))
        .orderBy(asc(removals.position), asc(removals.id))
        .limit(MAX_CHANGED_CONVERSATIONS + 1)
        .prepare(),
    wasAssigned: () =>
      db
        .select({ id: messages.id })
        .from(messages)
        .innerJoin(authors, eq(authors.id, numberIn(db, messages.extra, 'system.to')))
        .where(
          and(
            eq(messages.conversation, param('side')),
            sql`("messages"."deleted_at" is not null or "messages"."kind" = 'system')`,
            eq(authors.user, param('user')),
          ),
        )
        .limit(1)
        .prepare(),
  });

  async function own({ id: user }: UserCaller, since: number): Promise<Changed[]> {
    const found = await statement.own.all({ user, since });
    return found.flatMap(({ id, position, mark, member, leftAt }): Changed[] => {
      if (leftAt === null) return [{ id, position: Math.max(position, mark, member), gone: false }];
      return member > since ? [{ id, position: member, gone: true }] : [];
    });
  }

  /** What the caller may have read before: a row of the queue that peers see, or one that was assigned to them. */
  async function mayHaveRead(caller: UserCaller, id: number, row: ConversationRow | undefined): Promise<boolean> {
    if (caller.role === 'peer' && row?.queue === 'peer') return true;
    const side = (await rows.side.get({ parent: id }))?.id;
    return side !== undefined && (await statement.wasAssigned.get({ side, user: caller.id })) !== undefined;
  }

  async function support(caller: UserCaller, since: number): Promise<Changed[] | null> {
    const positions = new Map<number, number>();
    for (const { id, kind, parent, position } of await statement.support.all({ since })) {
      // A side without its parent is what is left of a deleted conversation.
      if (kind === 'support' || parent !== null) positions.set(parent ?? id, position);
    }
    if (positions.size > MAX_CHANGED_CONVERSATIONS) return null;
    const found = [...positions].map(([id, position]) => ({ id, position, gone: false }));
    if (isTeam(caller.role)) return found;
    const held = await many.conversations(found.map(({ id }) => id));
    const told = found.map(async (change): Promise<Changed[]> => {
      const row = held.get(change.id);
      if (row === undefined || (await threads.reads(caller, row))) return [change];
      return (await mayHaveRead(caller, change.id, row)) ? [{ ...change, gone: true }] : [];
    });
    return (await Promise.all(told)).flat();
  }

  /** Who is of the team may have held any of support: the ids are all that is left to tell. */
  async function removedFor({ id: user, role }: UserCaller, since: number): Promise<Removed[]> {
    const [own, ofTeam] = await Promise.all([
      statement.removedForUser.all({ user, since }),
      role === 'user' ? [] : statement.removedForTeam.all({ since }),
    ]);
    const uuids = new Set(own.map(({ uuid }) => uuid));
    return [...own, ...ofTeam.filter(({ uuid }) => !uuids.has(uuid))];
  }

  return {
    statement,

    /** In the order of their positions, each once; null when there are too many to be told. */
    async since(caller: UserCaller, since: number): Promise<(Changed | Removed)[] | null> {
      const found = new Map<number, Changed>();
      const [ofTeam, theirs, removed] = await Promise.all([
        caller.role === 'user' ? [] : support(caller, since),
        own(caller, since),
        removedFor(caller, since),
      ]);
      if (ofTeam === null) return null;
      for (const change of [...ofTeam, ...theirs]) {
        const known = found.get(change.id);
        if (known === undefined) found.set(change.id, change);
        else {
          const position = Math.max(known.position, change.position);
          found.set(change.id, { ...change, position, gone: known.gone && change.gone });
        }
      }
      if (found.size + removed.length > MAX_CHANGED_CONVERSATIONS) return null;
      return [...found.values(), ...removed].toSorted((a, b) => a.position - b.position);
    },
  };
}
