/** Which conversations changed for a caller since a position: to be told anew, or to be forgotten. */
import { and, asc, eq, gt, isNull, ne, or, sql } from 'drizzle-orm';
import { lazily } from '../../db/lazily.ts';
import type { Reader } from '../../db/open.ts';
import { conversations, participants } from '../../db/schema/conversations.ts';
import { removals } from '../../db/schema/jobs.ts';
import { messages } from '../../db/schema/messages.ts';
import { authors } from '../../db/schema/people.ts';
import { MAX_CHANGED_CONVERSATIONS } from '../../protocol/limits.ts';
import { isTeam } from '../access.ts';
import type { UserCaller } from '../caller.ts';
import type { Rows } from './rows.ts';
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

export type ChangedConversations = ReturnType<typeof createChangedConversations>;

export function createChangedConversations(db: Reader, rows: Rows, threads: Threads) {
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
        .orderBy(asc(conversations.position))
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
        .orderBy(asc(removals.position))
        .limit(MAX_CHANGED_CONVERSATIONS + 1)
        .prepare(),
    removedForTeam: () =>
      db
        .select({ uuid: removals.conversation, position: removals.position })
        .from(removals)
        .where(and(isNull(removals.user), gt(removals.position, param('since'))))
        .orderBy(asc(removals.position))
        .limit(MAX_CHANGED_CONVERSATIONS + 1)
        .prepare(),
    wasAssigned: () =>
      db
        .select({ id: messages.id })
        .from(messages)
        .innerJoin(authors, sql`${authors.id} = json_extract(${messages.extra}, '$.system.to')`)
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

  function own({ id: user }: UserCaller, since: number): Changed[] {
    return statement.own.all({ user, since }).flatMap(({ id, position, mark, member, leftAt }): Changed[] => {
      if (leftAt === null) return [{ id, position: Math.max(position, mark, member), gone: false }];
      return member > since ? [{ id, position: member, gone: true }] : [];
    });
  }

  /** What the caller may have read before: a row of the queue that peers see, or one that was assigned to them. */
  function mayHaveRead(caller: UserCaller, id: number): boolean {
    if (caller.role === 'peer' && rows.conversation.get({ id })?.queue === 'peer') return true;
    const side = rows.side.get({ parent: id })?.id;
    return side !== undefined && statement.wasAssigned.get({ side, user: caller.id }) !== undefined;
  }

  function support(caller: UserCaller, since: number): Changed[] | null {
    const positions = new Map<number, number>();
    for (const { id, kind, parent, position } of statement.support.all({ since })) {
      // A side without its parent is what is left of a deleted conversation.
      if (kind === 'support' || parent !== null) positions.set(parent ?? id, position);
    }
    if (positions.size > MAX_CHANGED_CONVERSATIONS) return null;
    return [...positions].flatMap(([id, position]) => {
      const row = isTeam(caller.role) ? undefined : rows.conversation.get({ id });
      const readable = row === undefined || threads.reads(caller, row);
      return readable || mayHaveRead(caller, id) ? [{ id, position, gone: !readable }] : [];
    });
  }

  /** Who is of the team may have held any of support: the ids are all that is left to tell. */
  function removedFor({ id: user, role }: UserCaller, since: number): Removed[] {
    const own = statement.removedForUser.all({ user, since });
    if (role === 'user') return own;
    const uuids = new Set(own.map(({ uuid }) => uuid));
    return [...own, ...statement.removedForTeam.all({ since }).filter(({ uuid }) => !uuids.has(uuid))];
  }

  return {
    statement,

    /** In the order of their positions, each once; null when there are too many to be told. */
    since(caller: UserCaller, since: number): (Changed | Removed)[] | null {
      const found = new Map<number, Changed>();
      const ofTeam = caller.role === 'user' ? [] : support(caller, since);
      if (ofTeam === null) return null;
      for (const change of [...ofTeam, ...own(caller, since)]) {
        const known = found.get(change.id);
        if (known === undefined) found.set(change.id, change);
        else {
          const position = Math.max(known.position, change.position);
          found.set(change.id, { ...change, position, gone: known.gone && change.gone });
        }
      }
      const removed = removedFor(caller, since);
      if (found.size + removed.length > MAX_CHANGED_CONVERSATIONS) return null;
      return [...found.values(), ...removed].toSorted((a, b) => a.position - b.position);
    },
  };
}
