/** Messages and their files, and how many of them a mark passes. What the loader reads of them: every statement goes by key or by an index made for it. */

import { and, asc, desc, eq, gt, isNull, lt, ne, sql } from 'drizzle-orm';
import type { BetterSQLite3Database } from 'drizzle-orm/better-sqlite3';
import { attachments, files } from './schema/attachments.ts';
import { conversations, participants } from './schema/conversations.ts';
import { messages } from './schema/messages.ts';
import { authors, users } from './schema/people.ts';

const param = sql.placeholder;
/** A message that unread counts and lists show. */
const counted = and(ne(messages.kind, 'system'), isNull(messages.deletedAt));

export function messageStatements(db: BetterSQLite3Database) {
  return {
    message: () =>
      db
        .select()
        .from(messages)
        .where(and(eq(messages.conversation, param('conversation')), eq(messages.uuid, param('uuid'))))
        .prepare(),
    messageKey: () =>
      db
        .select({ id: messages.id })
        .from(messages)
        .where(and(eq(messages.conversation, param('conversation')), eq(messages.uuid, param('uuid'))))
        .prepare(),
    growingKey: () =>
      db
        .select({ id: messages.id })
        .from(messages)
        .where(
          and(
            eq(messages.conversation, param('conversation')),
            eq(messages.uuid, param('uuid')),
            sql`"state" = 'streaming'`,
          ),
        )
        .prepare(),
    messageByKey: () =>
      db
        .select()
        .from(messages)
        .where(eq(messages.id, param('id')))
        .prepare(),
    someMessages: () =>
      db
        .select()
        .from(messages)
        .where(eq(messages.conversation, param('conversation')))
        .orderBy(asc(messages.seq))
        .limit(param('limit'))
        .prepare(),
    sent: () =>
      db
        .select({ conversation: conversations.uuid })
        .from(participants)
        .innerJoin(conversations, eq(conversations.id, participants.conversation))
        .innerJoin(messages, and(eq(messages.conversation, conversations.id), eq(messages.uuid, param('uuid'))))
        .where(and(eq(participants.user, param('user')), eq(conversations.kind, param('kind'))))
        .prepare(),
    tail: () =>
      db
        .select({ seq: messages.seq, user: authors.user })
        .from(messages)
        .leftJoin(authors, eq(authors.id, messages.author))
        .where(and(eq(messages.conversation, param('conversation')), ne(messages.kind, 'system')))
        .orderBy(desc(messages.seq))
        .limit(1)
        .prepare(),
    tailOther: () =>
      db
        .select({ seq: messages.seq })
        .from(messages)
        .leftJoin(authors, eq(authors.id, messages.author))
        .where(
          and(
            eq(messages.conversation, param('conversation')),
            ne(messages.kind, 'system'),
            sql`${authors.user} is distinct from ${param('user')}`,
          ),
        )
        .orderBy(desc(messages.seq))
        .limit(1)
        .prepare(),
    lastBefore: () =>
      db
        .select()
        .from(messages)
        .where(and(eq(messages.conversation, param('conversation')), lt(messages.seq, param('seq')), counted))
        .orderBy(desc(messages.seq))
        .limit(1)
        .prepare(),
    uncounted: () =>
      db
        .select({ seq: messages.seq })
        .from(messages)
        .where(
          and(
            eq(messages.conversation, param('conversation')),
            gt(messages.seq, param('from')),
            sql`("deleted_at" is not null or "kind" = 'system')`,
          ),
        )
        .orderBy(asc(messages.seq))
        .prepare(),
    ownBetween: () =>
      db
        .select({ count: sql<number>`count(*)` })
        .from(messages)
        .innerJoin(authors, eq(authors.id, messages.author))
        .where(
          and(
            eq(messages.conversation, param('conversation')),
            gt(messages.seq, param('from')),
            sql`${messages.seq} <= ${param('to')}`,
            counted,
            sql`(${authors.user} = ${param('user')} or (${param('team')} = 1 and ${authors.role} = 'bot'))`,
          ),
        )
        .prepare(),
    nextForeign: () =>
      db
        .select({ seq: messages.seq })
        .from(messages)
        .innerJoin(authors, eq(authors.id, messages.author))
        .where(
          and(
            eq(messages.conversation, param('conversation')),
            gt(messages.seq, param('from')),
            counted,
            sql`not (${authors.user} = ${param('user')} or (${param('team')} = 1 and ${authors.role} = 'bot'))`,
          ),
        )
        .orderBy(asc(messages.seq))
        .limit(1)
        .prepare(),
    attachment: () =>
      db
        .select()
        .from(attachments)
        .where(eq(attachments.uuid, param('uuid')))
        .prepare(),
    attachmentsOf: () =>
      db
        .select()
        .from(attachments)
        .where(eq(attachments.message, param('message')))
        .prepare(),
    waitingAttachmentsOf: () =>
      db
        .select()
        .from(attachments)
        .where(and(eq(attachments.uploader, param('user')), isNull(attachments.message)))
        .prepare(),
    waitingOf: () =>
      db
        .select({ count: sql<number>`count(*)` })
        .from(attachments)
        .where(and(eq(attachments.uploader, param('user')), isNull(attachments.message)))
        .prepare(),
    userShowing: () =>
      db
        .select({ id: users.id })
        .from(users)
        .where(eq(users.avatar, param('avatar')))
        .limit(1)
        .prepare(),
    authorShowing: () =>
      db
        .select({ id: authors.id })
        .from(authors)
        .where(eq(authors.avatar, param('avatar')))
        .limit(1)
        .prepare(),
    file: () =>
      db
        .select()
        .from(files)
        .where(eq(files.id, param('id')))
        .prepare(),
    fileByHash: () =>
      db
        .select()
        .from(files)
        .where(eq(files.hash, param('hash')))
        .prepare(),
  };
}
