/**
 * What many conversations are shown from, read table by table for all of them: by as many statements for a page as for
 * one conversation.
 */
import { and, eq, isNull, type SQL, sql } from 'drizzle-orm';
import type { SQLiteColumn } from 'drizzle-orm/sqlite-core';
import { lazily } from '../../db/lazily.ts';
import type { Reader } from '../../db/open.ts';
import type { ConversationRow, ParticipantRow, TagRow, UserRow } from '../../db/rows.ts';
import { conversations, participants, tags } from '../../db/schema/conversations.ts';
import { users } from '../../db/schema/people.ts';
import type { ShownRows } from './rows.ts';

export type RowsOfMany = ReturnType<typeof createRowsOfMany>;

/** What a conversation is shown from. */
export type ConversationRows = Pick<ShownRows, 'user' | 'side' | 'present' | 'tags'>;

/** Of any of the keys, which are handed over as one list. */
export function among(column: SQLiteColumn): SQL {
  return sql`${column} in (select value from json_each(${sql.placeholder('keys')}))`;
}

/** All rows of a list of keys; without keys nothing is asked. */
export function allOf<Row>(
  statement: { all(values: { keys: string }): Row[] },
  keys: readonly (number | null)[],
): Row[] {
  const asked = new Set(keys.filter((key) => key !== null));
  return asked.size === 0 ? [] : statement.all({ keys: JSON.stringify([...asked]) });
}

export function push<Row>(map: Map<number, Row[]>, key: number, row: Row): void {
  const rows = map.get(key);
  if (rows === undefined) map.set(key, [row]);
  else rows.push(row);
}

const keysOf = (rows: Iterable<{ id: number }>): number[] => Array.from(rows, ({ id }) => id);

export function createRowsOfMany(db: Reader) {
  const statement = lazily({
    conversations: () => db.select().from(conversations).where(among(conversations.id)).prepare(),
    sides: () => db.select().from(conversations).where(among(conversations.parent)).prepare(),
    tags: () => db.select().from(tags).where(among(tags.conversation)).prepare(),
    users: () => db.select().from(users).where(among(users.id)).prepare(),
    present: () =>
      db
        .select({ participant: participants, user: users })
        .from(participants)
        .innerJoin(users, eq(users.id, participants.user))
        .where(and(among(participants.conversation), isNull(participants.leftAt)))
        .prepare(),
  });

  return {
    statement,

    conversations: (ids: readonly number[]): Map<number, ConversationRow> =>
      new Map(allOf(statement.conversations, ids).map((row) => [row.id, row])),

    /**
     * @param besides of which of them the side is shown
     * @param others keys of users who are looked up too
     */
    around(
      found: readonly ConversationRow[],
      besides: (row: ConversationRow) => boolean,
      others: readonly (number | null)[] = [],
    ): ConversationRows {
      const sides = new Map<number, ConversationRow>();
      const tagsOf = new Map<number, TagRow[]>();
      const present = new Map<number, { participant: ParticipantRow; user: UserRow }[]>();
      const people = new Map<number, UserRow>();
      const support = found.filter((row) => row.kind === 'support' && besides(row));
      for (const row of allOf(statement.sides, keysOf(support))) if (row.parent !== null) sides.set(row.parent, row);
      for (const row of allOf(statement.tags, keysOf(sides.values()))) push(tagsOf, row.conversation, row);
      // Rooms are told without their people.
      for (const row of allOf(statement.present, keysOf(found.filter(({ kind }) => kind !== 'room')))) {
        push(present, row.participant.conversation, row);
        people.set(row.user.id, row.user);
      }
      const named = [...found.flatMap(({ assignee, lastUser }) => [assignee, lastUser]), ...others];
      const missing = named.filter((id) => id !== null && !people.has(id));
      for (const row of allOf(statement.users, missing)) people.set(row.id, row);
      return {
        user: { get: ({ id }) => people.get(id) },
        side: { get: ({ parent }) => sides.get(parent) },
        present: { all: ({ conversation }) => present.get(conversation) ?? [] },
        tags: { all: ({ conversation }) => tagsOf.get(conversation) ?? [] },
      };
    },
  };
}
