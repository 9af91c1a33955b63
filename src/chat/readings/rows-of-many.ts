/**
 * What many conversations are shown from, read table by table for all of them: by as many statements for a page as for
 * one conversation.
 */
import { and, asc, eq, isNull, type SQL, sql } from 'drizzle-orm';
import type { SQLiteColumn } from 'drizzle-orm/sqlite-core';
import { among } from '../../db/engine-words.ts';
import { lazily } from '../../db/lazily.ts';
import type { Question, Questions } from '../../db/questions.ts';
import type { ConversationRow, ParticipantRow, TagRow, UserRow } from '../../db/rows.ts';
import { conversations, participants, tags } from '../../db/schema/conversations.ts';
import { users } from '../../db/schema/people.ts';
import type { ShownRows } from './rows.ts';

export type RowsOfMany = ReturnType<typeof createRowsOfMany>;

/** What a conversation is shown from. */
export type ConversationRows = Pick<ShownRows, 'user' | 'side' | 'present' | 'tags'>;

/** Of any of the keys, which are handed over as one list. */
export function ofKeys(db: Questions, column: SQLiteColumn): SQL {
  return among(db, column, sql.placeholder('keys'));
}

/** All rows of a list of keys; without keys nothing is asked. */
export async function allOf<Row>(
  statement: Pick<Question<{ keys: string }, Row>, 'all'>,
  keys: readonly (number | null)[],
): Promise<Row[]> {
  const asked = new Set(keys.filter((key) => key !== null));
  return asked.size === 0 ? [] : statement.all({ keys: JSON.stringify([...asked]) });
}

export function push<Row>(map: Map<number, Row[]>, key: number, row: Row): void {
  const rows = map.get(key);
  if (rows === undefined) map.set(key, [row]);
  else rows.push(row);
}

const keysOf = (rows: Iterable<{ id: number }>): number[] => Array.from(rows, ({ id }) => id);

export function createRowsOfMany(db: Questions) {
  const statement = lazily({
    conversations: () => db.select().from(conversations).where(ofKeys(db, conversations.id)).prepare(),
    sides: () => db.select().from(conversations).where(ofKeys(db, conversations.parent)).prepare(),
    tags: () => db.select().from(tags).where(ofKeys(db, tags.conversation)).prepare(),
    users: () => db.select().from(users).where(ofKeys(db, users.id)).prepare(),
    present: () =>
      db
        .select({ participant: participants, user: users })
        .from(participants)
        .innerJoin(users, eq(users.id, participants.user))
        .where(and(ofKeys(db, participants.conversation), isNull(participants.leftAt)))
        .orderBy(asc(participants.conversation), asc(participants.user))
        .prepare(),
  });

  return {
    statement,

    conversations: async (ids: readonly number[]): Promise<Map<number, ConversationRow>> =>
      new Map((await allOf(statement.conversations, ids)).map((row) => [row.id, row])),

    /**
     * @param besides of which of them the side is shown
     * @param others keys of users who are looked up too
     */
    async around(
      found: readonly ConversationRow[],
      besides: (row: ConversationRow) => boolean,
      others: readonly (number | null)[] = [],
    ): Promise<ConversationRows> {
      const sides = new Map<number, ConversationRow>();
      const tagsOf = new Map<number, TagRow[]>();
      const present = new Map<number, { participant: ParticipantRow; user: UserRow }[]>();
      const people = new Map<number, UserRow>();
      const support = found.filter((row) => row.kind === 'support' && besides(row));
      const [besideThem, inThem] = await Promise.all([
        allOf(statement.sides, keysOf(support)),
        // Rooms are told without their people.
        allOf(statement.present, keysOf(found.filter(({ kind }) => kind !== 'room'))),
      ]);
      for (const row of besideThem) if (row.parent !== null) sides.set(row.parent, row);
      for (const row of inThem) {
        push(present, row.participant.conversation, row);
        people.set(row.user.id, row.user);
      }
      const named = [...found.flatMap(({ assignee, lastUser }) => [assignee, lastUser]), ...others];
      const missing = named.filter((id) => id !== null && !people.has(id));
      const [tagged, missed] = await Promise.all([
        allOf(statement.tags, keysOf(sides.values())),
        allOf(statement.users, missing),
      ]);
      for (const row of tagged) push(tagsOf, row.conversation, row);
      for (const row of missed) people.set(row.id, row);
      return {
        user: { get: ({ id }) => people.get(id) },
        side: { get: ({ parent }) => sides.get(parent) },
        present: { all: ({ conversation }) => present.get(conversation) ?? [] },
        tags: { all: ({ conversation }) => tagsOf.get(conversation) ?? [] },
      };
    },
  };
}
