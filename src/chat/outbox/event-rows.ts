/**
 * The rows that a batch of events is told from: read table by table for all of them, by as many statements for a
 * hundred events as for one.
 */
import { and, asc, eq, sql } from 'drizzle-orm';
import { lazily } from '../../db/lazily.ts';
import type { Questions } from '../../db/questions.ts';
import type { AttachmentRow, ConversationRow, MessageRow, ParticipantRow } from '../../db/rows.ts';
import { attachments } from '../../db/schema/attachments.ts';
import { participants } from '../../db/schema/conversations.ts';
import { messages } from '../../db/schema/messages.ts';
import { authors, users } from '../../db/schema/people.ts';
import { authorsIn, hasFiles } from '../readings/message-views.ts';
import type { ShownRows } from '../readings/rows.ts';
import { allOf, createRowsOfMany, ofKeys, push } from '../readings/rows-of-many.ts';
import type { Happening } from './event-bodies.ts';

/** What was read for one batch. */
export type EventRows = Awaited<ReturnType<ReturnType<typeof createEventRows>['read']>>;

function prepare(db: Questions) {
  return lazily({
    messages: () => db.select().from(messages).where(ofKeys(db, messages.id)).prepare(),
    attachments: () =>
      db
        .select()
        .from(attachments)
        .where(ofKeys(db, attachments.message))
        .orderBy(asc(attachments.message), asc(attachments.id))
        .prepare(),
    authors: () =>
      db
        .select({ author: authors, uuid: users.uuid })
        .from(authors)
        .innerJoin(users, eq(users.id, authors.user))
        .where(ofKeys(db, authors.id))
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

export function createEventRows(db: Questions) {
  const statement = prepare(db);
  const many = createRowsOfMany(db);

  async function readMessages(happenings: readonly Happening[]) {
    const ofMessages = happenings.filter(({ type }) => type.startsWith('message.'));
    const rows = await allOf(statement.messages, subjectsOf(ofMessages));
    const [attachments, authors] = await Promise.all([
      allOf(statement.attachments, keysOf(rows.filter(hasFiles))),
      allOf(statement.authors, rows.flatMap(authorsIn)),
    ]);
    const messages = new Map(rows.map((row) => [row.id, row]));
    const attached = new Map<number, AttachmentRow[]>();
    for (const row of attachments) push(attached, Number(row.message), row);
    return { messages, attached, people: new Map(authors.map((row) => [row.author.id, row])) };
  }

  async function readParticipants(happenings: readonly Happening[]): Promise<Map<string, ParticipantRow>> {
    const asked = happenings.map(({ conversation, subject: user }) =>
      conversation === null || user === null ? undefined : statement.participant.get({ conversation, user }),
    );
    const rows = (await Promise.all(asked)).flatMap((row) => row ?? []);
    return new Map(rows.map((row) => [keyOf(row.conversation, row.user), row]));
  }

  async function read(happenings: readonly Happening[]) {
    const joined = happenings.filter(({ type }) => type === 'participant.updated');
    const [conversations, { messages, attached, people }, participants] = await Promise.all([
      many.conversations(happenings.flatMap(({ conversation }) => conversation ?? [])),
      readMessages(happenings),
      readParticipants(joined),
    ]);
    const around = await many.around([...conversations.values()], () => true, subjectsOf(joined));
    return {
      ...around,
      author: { get: ({ id }) => people.get(id) },
      attachments: { all: ({ message }) => attached.get(message) ?? [] },
      conversation: (id: number): ConversationRow | undefined => conversations.get(id),
      message: (id: number): MessageRow | undefined => messages.get(id),
      participant: (conversation: number, user: number): ParticipantRow | undefined =>
        participants.get(keyOf(conversation, user)),
    } satisfies ShownRows & Record<string, unknown>;
  }

  return { statement, read };
}

const keyOf = (conversation: number, user: number): string => `${conversation} ${user}`;
const keysOf = (rows: Iterable<{ id: number }>): number[] => Array.from(rows, ({ id }) => id);
const subjectsOf = (happenings: readonly Happening[]): (number | null)[] => happenings.map(({ subject }) => subject);
