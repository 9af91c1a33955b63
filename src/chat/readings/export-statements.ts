/** What an export reads, by a page each. */
import { and, asc, desc, eq, gt, lt, sql } from 'drizzle-orm';
import { unlooked } from '../../db/engine-words.ts';
import { lazily } from '../../db/lazily.ts';
import type { Questions } from '../../db/questions.ts';
import { attachments, files } from '../../db/schema/attachments.ts';
import { conversations, participants } from '../../db/schema/conversations.ts';
import { apiKeys, sessions } from '../../db/schema/credentials.ts';
import { messages } from '../../db/schema/messages.ts';
import { pushes } from '../../db/schema/notices.ts';
import { authors, identities } from '../../db/schema/people.ts';
import { audit } from '../../db/schema/setup.ts';

const param = sql.placeholder;

export function prepareExportStatements(db: Questions) {
  const below = <T extends typeof sessions | typeof audit>(table: T) =>
    and(eq(table.user, param('user')), lt(table.id, param('before')));
  const file = { id: attachments.uuid, name: attachments.name, size: attachments.size, hash: files.hash };
  return lazily({
    apiKey: () =>
      db
        .select({ scopes: apiKeys.scopes })
        .from(apiKeys)
        .where(eq(apiKeys.id, param('id')))
        .prepare(),
    identities: () =>
      db
        .select({ provider: identities.provider, subject: identities.subject })
        .from(identities)
        .where(eq(identities.user, param('user')))
        .prepare(),
    pushes: () =>
      db
        .select({ endpoint: pushes.endpoint, createdAt: pushes.createdAt })
        .from(pushes)
        .where(eq(pushes.user, param('user')))
        .prepare(),
    sessions: () =>
      db.select().from(sessions).where(below(sessions)).orderBy(desc(sessions.id)).limit(param('limit')).prepare(),
    audit: () => db.select().from(audit).where(below(audit)).orderBy(desc(audit.id)).limit(param('limit')).prepare(),
    uploads: () =>
      db
        .select(file)
        .from(attachments)
        .innerJoin(files, eq(files.id, attachments.file))
        // Word for word what the partial index says.
        .where(and(eq(attachments.uploader, param('user')), sql`"message" is null`))
        .prepare(),
    ownConversations: () =>
      db
        .select({ id: participants.conversation })
        .from(participants)
        .where(and(eq(participants.user, param('user')), gt(participants.conversation, param('after'))))
        .orderBy(asc(participants.conversation))
        .limit(param('limit'))
        .prepare(),
    support: () =>
      db
        .select({ id: conversations.id, customer: conversations.customer })
        .from(conversations)
        .where(and(gt(conversations.id, param('after')), unlooked(db, sql`"kind" = 'support'`)))
        .orderBy(asc(conversations.id))
        .limit(param('limit'))
        .prepare(),
    /** Whether a user ever spoke for the team: their role of today does not tell. */
    forTeam: () =>
      db
        .select({ id: authors.id })
        .from(authors)
        .where(and(eq(authors.user, param('user')), sql`${authors.role} <> 'user'`))
        .limit(1)
        .prepare(),
    /** Whether a user wrote in a conversation, or beside it. */
    wroteIn: () =>
      db
        .select({ id: messages.id })
        .from(messages)
        .where(
          and(
            sql`${messages.conversation} in (${param('conversation')},
            (select "id" from "conversations" where "parent" = ${param('conversation')}))`,
            sql`(select "user" from "authors" where "id" = ${messages.author}) = ${param('user')}`,
          ),
        )
        .limit(1)
        .prepare(),
    written: () =>
      db
        .select()
        .from(messages)
        .where(
          and(
            eq(messages.conversation, param('conversation')),
            gt(messages.seq, param('after')),
            sql`${messages.seq} <= ${param('to')}`,
            sql`(${param('all')} = 1 or (select "user" from "authors" where "id" = ${messages.author}) = ${param('user')})`,
          ),
        )
        .orderBy(asc(messages.seq))
        .prepare(),
    filesOf: () =>
      db
        .select(file)
        .from(attachments)
        .innerJoin(files, eq(files.id, attachments.file))
        .where(eq(attachments.message, param('message')))
        .prepare(),
  });
}
