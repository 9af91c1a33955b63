/**
 * The rows that a batch of events is told from: read table by table for all of them, by as many statements for a
 * hundred events as for one. What the last batch left is forgotten when the next one is read.
 */
import { and, eq, isNull, type SQL, sql } from 'drizzle-orm';
import type { SQLiteColumn } from 'drizzle-orm/sqlite-core';
import { lazily } from '../../db/lazily.ts';
import type { Reader } from '../../db/open.ts';
import type { AttachmentRow, AuthorRow, ConversationRow, MessageRow, ParticipantRow, UserRow } from '../../db/rows.ts';
import { attachments } from '../../db/schema/attachments.ts';
import { conversations, participants, tags } from '../../db/schema/conversations.ts';
import { messages } from '../../db/schema/messages.ts';
import { authors, users } from '../../db/schema/people.ts';
import type { ShownRows } from '../readings/rows.ts';
import type { Happening } from './event-bodies.ts';

export type EventRows = ReturnType<typeof createEventRows>;

/** Of any of the keys, which are handed over as one list. */
function among(column: SQLiteColumn): SQL {
  return sql`${column} in (select value from json_each(${sql.placeholder('keys')}))`;
}

function prepare(db: Reader) {
  return lazily({
    conversations: () => db.select().from(conversations).where(among(conversations.id)).prepare(),
    sides: () => db.select().from(conversations).where(among(conversations.parent)).prepare(),
    messages: () => db.select().from(messages).where(among(messages.id)).prepare(),
    attachments: () => db.select().from(attachments).where(among(attachments.message)).prepare(),
    users: () => db.select().from(users).where(among(users.id)).prepare(),
    authors: () =>
      db
        .select({ author: authors, uuid: users.uuid })
        .from(authors)
        .innerJoin(users, eq(users.id, authors.user))
        .where(among(authors.id))
        .prepare(),
    present: () =>
      db
        .select({ participant: participants, user: users })
        .from(participants)
        .innerJoin(users, eq(users.id, participants.user))
        .where(and(among(participants.conversation), isNull(participants.leftAt)))
        .prepare(),
    tags: () => db.select().from(tags).where(among(tags.conversation)).prepare(),
    participant: () =>
      db
        .select()
        .from(participants)
        .where(
          and(
            eq(participants.conversation, sql.placeholder('conversation')),
            eq(participants.user, sql.placeholder('user')),
          ),
        )
        .prepare(),
  });
}

/** What is held of one batch. */
function nothing() {
  return {
    conversations: new Map<number, ConversationRow>(),
    sides: new Map<number, ConversationRow>(),
    messages: new Map<number, MessageRow>(),
    attachments: new Map<number, AttachmentRow[]>(),
    users: new Map<number, UserRow>(),
    authors: new Map<number, { author: AuthorRow; uuid: string }>(),
    present: new Map<number, { participant: ParticipantRow; user: UserRow }[]>(),
    tags: new Map<number, { tag: string }[]>(),
  };
}

export function createEventRows(db: Reader) {
  const statement = prepare(db);
  let held = nothing();

  function read(happenings: readonly Happening[]): void {
    held = nothing();
    readThreads(happenings);
    readMessages(happenings);
    readPeople(happenings);
  }

  function readThreads(happenings: readonly Happening[]): void {
    const named = happenings.map(({ conversation }) => conversation);
    for (const row of all(statement.conversations, named)) held.conversations.set(row.id, row);
    const support = [...held.conversations.values()].filter(({ kind }) => kind === 'support');
    for (const row of all(statement.sides, keysOf(support))) if (row.parent !== null) held.sides.set(row.parent, row);
    for (const row of all(statement.tags, keysOf(held.sides.values()))) push(held.tags, row.conversation, row);
  }

  function readMessages(happenings: readonly Happening[]): void {
    const ofMessages = happenings.filter(({ type }) => type.startsWith('message.'));
    for (const row of all(statement.messages, subjectsOf(ofMessages))) held.messages.set(row.id, row);
    const found = [...held.messages.values()];
    const files = found.filter(({ kind, deletedAt }) => kind === 'file' && deletedAt === null);
    for (const row of all(statement.attachments, keysOf(files))) push(held.attachments, Number(row.message), row);
    const people = found.flatMap(({ author, extra }) => [author, ...namedIn(extra)]);
    for (const row of all(statement.authors, people)) held.authors.set(row.author.id, row);
  }

  function readPeople(happenings: readonly Happening[]): void {
    // Rooms are told without their people.
    const small = [...held.conversations.values()].filter(({ kind }) => kind !== 'room');
    for (const row of all(statement.present, keysOf(small))) {
      push(held.present, row.participant.conversation, row);
      held.users.set(row.user.id, row.user);
    }
    const others = [...held.conversations.values()].flatMap(({ assignee, lastUser }) => [assignee, lastUser]);
    const joined = subjectsOf(happenings.filter(({ type }) => type === 'participant.updated'));
    const missing = [...others, ...joined].filter((id) => id !== null && !held.users.has(id));
    for (const row of all(statement.users, missing)) held.users.set(row.id, row);
  }

  const shown: ShownRows = {
    user: { get: ({ id }) => held.users.get(id) },
    author: { get: ({ id }) => held.authors.get(id) },
    side: { get: ({ parent }) => held.sides.get(parent) },
    present: { all: ({ conversation }) => held.present.get(conversation) ?? [] },
    tags: { all: ({ conversation }) => held.tags.get(conversation) ?? [] },
    attachments: { all: ({ message }) => held.attachments.get(message) ?? [] },
  };

  return {
    ...shown,
    statement,
    read,
    conversation: (id: number): ConversationRow | undefined => held.conversations.get(id),
    message: (id: number): MessageRow | undefined => held.messages.get(id),
    participant: (conversation: number, user: number): ParticipantRow | undefined =>
      statement.participant.get({ conversation, user }),
  };
}

/** All rows of a list of keys; without keys nothing is asked. */
function all<Row>(statement: { all(values: { keys: string }): Row[] }, keys: readonly (number | null)[]): Row[] {
  const asked = new Set(keys.filter((key) => key !== null));
  return asked.size === 0 ? [] : statement.all({ keys: JSON.stringify([...asked]) });
}

const keysOf = (rows: Iterable<{ id: number }>): number[] => Array.from(rows, ({ id }) => id);
const subjectsOf = (happenings: readonly Happening[]): (number | null)[] => happenings.map(({ subject }) => subject);

/** The authors that a system message names. */
function namedIn(extra: MessageRow['extra']): (number | null)[] {
  const { user = null, by = null, to = null } = extra?.system ?? {};
  return [user, by, to];
}

function push<Row>(map: Map<number, Row[]>, key: number, row: Row): void {
  const rows = map.get(key);
  if (rows === undefined) map.set(key, [row]);
  else rows.push(row);
}
