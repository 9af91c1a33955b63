/**
 * The rows that a batch of events is told from: read table by table for all of them, by as many statements for a
 * hundred events as for one. What the last batch left is forgotten when the next one is read.
 */
import { and, eq, sql } from 'drizzle-orm';
import { lazily } from '../../db/lazily.ts';
import type { Reader } from '../../db/open.ts';
import type { AttachmentRow, AuthorRow, ConversationRow, MessageRow, ParticipantRow } from '../../db/rows.ts';
import { attachments } from '../../db/schema/attachments.ts';
import { participants } from '../../db/schema/conversations.ts';
import { messages } from '../../db/schema/messages.ts';
import { authors, users } from '../../db/schema/people.ts';
import type { ShownRows } from '../readings/rows.ts';
import { allOf, among, type ConversationRows, createRowsOfMany, push } from '../readings/rows-of-many.ts';
import type { Happening } from './event-bodies.ts';

export type EventRows = ReturnType<typeof createEventRows>;

function prepare(db: Reader) {
  return lazily({
    messages: () => db.select().from(messages).where(among(messages.id)).prepare(),
    attachments: () => db.select().from(attachments).where(among(attachments.message)).prepare(),
    authors: () =>
      db
        .select({ author: authors, uuid: users.uuid })
        .from(authors)
        .innerJoin(users, eq(users.id, authors.user))
        .where(among(authors.id))
        .prepare(),
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

export function createEventRows(db: Reader) {
  const statement = prepare(db);
  const many = createRowsOfMany(db);
  /** What is held of one batch. */
  let conversations = new Map<number, ConversationRow>();
  let around: ConversationRows | null = null;
  let found = new Map<number, MessageRow>();
  let attached = new Map<number, AttachmentRow[]>();
  let people = new Map<number, { author: AuthorRow; uuid: string }>();

  function readMessages(happenings: readonly Happening[]): void {
    const ofMessages = happenings.filter(({ type }) => type.startsWith('message.'));
    found = new Map(allOf(statement.messages, subjectsOf(ofMessages)).map((row) => [row.id, row]));
    const rows = [...found.values()];
    const files = rows.filter(({ kind, deletedAt }) => kind === 'file' && deletedAt === null);
    attached = new Map();
    for (const row of allOf(statement.attachments, keysOf(files))) push(attached, Number(row.message), row);
    const named = rows.flatMap(({ author, extra }) => [author, ...namedIn(extra)]);
    people = new Map(allOf(statement.authors, named).map((row) => [row.author.id, row]));
  }

  return {
    user: { get: (key) => around?.user.get(key) },
    side: { get: (key) => around?.side.get(key) },
    present: { all: (key) => around?.present.all(key) ?? [] },
    tags: { all: (key) => around?.tags.all(key) ?? [] },
    author: { get: ({ id }) => people.get(id) },
    attachments: { all: ({ message }) => attached.get(message) ?? [] },
    statement,

    read(happenings: readonly Happening[]): void {
      conversations = many.conversations(happenings.flatMap(({ conversation }) => conversation ?? []));
      const joined = subjectsOf(happenings.filter(({ type }) => type === 'participant.updated'));
      around = many.around([...conversations.values()], () => true, joined);
      readMessages(happenings);
    },

    conversation: (id: number): ConversationRow | undefined => conversations.get(id),
    message: (id: number): MessageRow | undefined => found.get(id),
    participant: (conversation: number, user: number): ParticipantRow | undefined =>
      statement.participant.get({ conversation, user }),
  } satisfies ShownRows & Record<string, unknown>;
}

const keysOf = (rows: Iterable<{ id: number }>): number[] => Array.from(rows, ({ id }) => id);
const subjectsOf = (happenings: readonly Happening[]): (number | null)[] => happenings.map(({ subject }) => subject);

/** The authors that a system message names. */
function namedIn(extra: MessageRow['extra']): (number | null)[] {
  const { user = null, by = null, to = null } = extra?.system ?? {};
  return [user, by, to];
}
