/** Rows by their keys: what every reading is put together from. */
import { and, asc, eq, isNull, sql } from 'drizzle-orm';
import { lazily } from '../../db/lazily.ts';
import type { Questions } from '../../db/questions.ts';
import type { AttachmentRow, AuthorRow, ConversationRow, ParticipantRow, UserRow } from '../../db/rows.ts';
import { attachments } from '../../db/schema/attachments.ts';
import { conversations, participants, tags } from '../../db/schema/conversations.ts';
import { messages } from '../../db/schema/messages.ts';
import { authors, users } from '../../db/schema/people.ts';

const param = sql.placeholder;

export type Rows = ReturnType<typeof prepareRows>;

interface One<Key, Row> {
  get(key: Key): Row | undefined;
}
interface Many<Key, Row> {
  all(key: Key): Row[];
}

/** What conversations and messages are shown from, once it is read. */
export interface ShownRows {
  user: One<{ id: number }, UserRow>;
  author: One<{ id: number }, { author: AuthorRow; uuid: string }>;
  side: One<{ parent: number }, ConversationRow>;
  present: Many<{ conversation: number }, { participant: ParticipantRow; user: UserRow }>;
  tags: Many<{ conversation: number }, { tag: string }>;
  attachments: Many<{ message: number }, AttachmentRow>;
}

export function prepareRows(db: Questions) {
  const conversation = () => db.select().from(conversations);
  return lazily({
    user: () =>
      db
        .select()
        .from(users)
        .where(eq(users.id, param('id')))
        .prepare(),
    userByUuid: () =>
      db
        .select()
        .from(users)
        .where(eq(users.uuid, param('uuid')))
        .prepare(),
    author: () =>
      db
        .select({ author: authors, uuid: users.uuid })
        .from(authors)
        .innerJoin(users, eq(users.id, authors.user))
        .where(eq(authors.id, param('id')))
        .prepare(),
    conversation: () =>
      conversation()
        .where(eq(conversations.id, param('id')))
        .prepare(),
    conversationByUuid: () =>
      conversation()
        .where(eq(conversations.uuid, param('uuid')))
        .prepare(),
    conversationByExternalId: () =>
      conversation()
        .where(eq(conversations.externalId, param('externalId')))
        .prepare(),
    side: () =>
      conversation()
        .where(eq(conversations.parent, param('parent')))
        .prepare(),
    snoozedUntil: () =>
      db
        .select({ until: conversations.snoozedUntil })
        .from(conversations)
        .where(eq(conversations.parent, param('parent')))
        .prepare(),
    hasTag: () =>
      db
        .select({ tag: tags.tag })
        .from(conversations)
        .innerJoin(tags, and(eq(tags.conversation, conversations.id), eq(tags.tag, param('tag'))))
        .where(eq(conversations.parent, param('parent')))
        .prepare(),
    tags: () =>
      db
        .select({ tag: tags.tag })
        .from(tags)
        .where(eq(tags.conversation, param('conversation')))
        .orderBy(asc(tags.tag))
        .prepare(),
    participant: () =>
      db
        .select()
        .from(participants)
        .where(and(eq(participants.conversation, param('conversation')), eq(participants.user, param('user'))))
        .prepare(),
    /** Who is in it now; with the user of each. */
    present: () =>
      db
        .select({ participant: participants, user: users })
        .from(participants)
        .innerJoin(users, eq(users.id, participants.user))
        .where(and(eq(participants.conversation, param('conversation')), isNull(participants.leftAt)))
        .orderBy(asc(participants.user))
        .prepare(),
    message: () =>
      db
        .select()
        .from(messages)
        .where(and(eq(messages.conversation, param('conversation')), eq(messages.uuid, param('uuid'))))
        .prepare(),
    attachments: () =>
      db
        .select()
        .from(attachments)
        .where(eq(attachments.message, param('message')))
        .orderBy(asc(attachments.id))
        .prepare(),
  });
}
