/** The statements by which the loader reads, each prepared once. Every one goes by key or by an index made for it. */
import { and, asc, desc, eq, gt, inArray, isNull, lt, ne, sql } from 'drizzle-orm';
import type { BetterSQLite3Database } from 'drizzle-orm/better-sqlite3';
import { attachments, files } from './schema/attachments.ts';
import { turns } from './schema/bots.ts';
import { conversations, participants, reads, tags } from './schema/conversations.ts';
import { sessions } from './schema/credentials.ts';
import { removals } from './schema/jobs.ts';
import { messages } from './schema/messages.ts';
import { notices, pushes } from './schema/notices.ts';
import { receivers, webhooks } from './schema/outbox.ts';
import { authors, identities, users } from './schema/people.ts';
import { cannedReplies } from './schema/setup.ts';
import { type KeyedTable, keyedTables, writtenTables } from './written-tables.ts';

const AUTHORS_KEPT = 50;
const param = sql.placeholder;
/** A message that unread counts and lists show. */
const counted = and(ne(messages.kind, 'system'), isNull(messages.deletedAt));

export type LoaderStatements = ReturnType<typeof prepareLoader>;

export function prepareLoader(db: BetterSQLite3Database) {
  return {
    row: Object.fromEntries(
      keyedTables.map((name) => {
        const { table } = writtenTables[name];
        return [
          name,
          db
            .select()
            .from(table)
            .where(eq(table.id, param('id')))
            .prepare(),
        ];
      }),
    ) as unknown as Record<KeyedTable, { get(values: { id: number }): unknown }>,
    user: db
      .select()
      .from(users)
      .where(eq(users.id, param('id')))
      .prepare(),
    userByUuid: db
      .select()
      .from(users)
      .where(eq(users.uuid, param('uuid')))
      .prepare(),
    cannedReply: db
      .select({ id: cannedReplies.id })
      .from(cannedReplies)
      .where(eq(cannedReplies.shortcut, param('shortcut')))
      .prepare(),
    // Word for word what the partial index says: SQLite takes it for no other condition.
    userByEmail: db
      .select()
      .from(users)
      .where(and(eq(users.email, param('email')), sql`("password" is not null or "role" <> 'user')`))
      .prepare(),
    identity: db
      .select()
      .from(identities)
      .where(and(eq(identities.provider, param('provider')), eq(identities.subject, param('subject'))))
      .prepare(),
    externalId: db
      .select({ subject: identities.subject })
      .from(identities)
      .where(and(eq(identities.user, param('user')), eq(identities.provider, 'host')))
      .prepare(),
    sessionsOf: db
      .select()
      .from(sessions)
      .where(and(eq(sessions.user, param('user')), isNull(sessions.revokedAt)))
      .prepare(),
    conversation: db
      .select()
      .from(conversations)
      .where(eq(conversations.id, param('id')))
      .prepare(),
    conversationByUuid: db
      .select()
      .from(conversations)
      .where(eq(conversations.uuid, param('uuid')))
      .prepare(),
    conversationByOpenKey: db
      .select()
      .from(conversations)
      .where(eq(conversations.openKey, param('key')))
      .prepare(),
    side: db
      .select()
      .from(conversations)
      .where(eq(conversations.parent, param('parent')))
      .prepare(),
    openTurns: db
      .select()
      .from(turns)
      // Word for word what the partial index says.
      .where(and(eq(turns.conversation, param('conversation')), sql`"state" in ('waiting', 'asked', 'deferred')`))
      .orderBy(asc(turns.id))
      .prepare(),
    participant: db
      .select()
      .from(participants)
      .where(and(eq(participants.conversation, param('conversation')), eq(participants.user, param('user'))))
      .prepare(),
    tags: db
      .select()
      .from(tags)
      .where(eq(tags.conversation, param('conversation')))
      .prepare(),
    participants: db
      .select()
      .from(participants)
      .where(eq(participants.conversation, param('conversation')))
      .prepare(),
    author: db
      .select()
      .from(authors)
      .where(eq(authors.id, param('id')))
      .prepare(),
    authorsOf: db
      .select()
      .from(authors)
      .where(eq(authors.user, param('user')))
      .orderBy(desc(authors.id))
      .limit(AUTHORS_KEPT)
      .prepare(),
    allAuthorsOf: db
      .select()
      .from(authors)
      .where(eq(authors.user, param('user')))
      .prepare(),
    participationsOf: db
      .select({ conversation: participants.conversation })
      .from(participants)
      .where(eq(participants.user, param('user')))
      .orderBy(asc(participants.conversation))
      .limit(param('limit'))
      .prepare(),
    allPushesOf: db
      .select()
      .from(pushes)
      .where(eq(pushes.user, param('user')))
      .prepare(),
    noticesOf: db
      .select()
      .from(notices)
      .where(eq(notices.user, param('user')))
      .prepare(),
    removalsOf: db
      .select()
      .from(removals)
      .where(eq(removals.user, param('user')))
      .prepare(),
    someSessions: db
      .select()
      .from(sessions)
      .where(eq(sessions.user, param('user')))
      .limit(param('limit'))
      .prepare(),
    identitiesOf: db
      .select()
      .from(identities)
      .where(eq(identities.user, param('user')))
      .prepare(),
    messageByKey: db
      .select()
      .from(messages)
      .where(eq(messages.id, param('id')))
      .prepare(),
    somePeople: db
      .select()
      .from(participants)
      .where(eq(participants.conversation, param('conversation')))
      .limit(param('limit'))
      .prepare(),
    someMessages: db
      .select()
      .from(messages)
      .where(eq(messages.conversation, param('conversation')))
      .orderBy(asc(messages.seq))
      .limit(param('limit'))
      .prepare(),
    someTurns: db
      .select()
      .from(turns)
      .where(eq(turns.conversation, param('conversation')))
      .limit(param('limit'))
      .prepare(),
    someReads: db
      .select()
      .from(reads)
      .where(eq(reads.conversation, param('conversation')))
      .limit(param('limit'))
      .prepare(),
    someTags: db
      .select()
      .from(tags)
      .where(eq(tags.conversation, param('conversation')))
      .limit(param('limit'))
      .prepare(),
    readsOf: db
      .select()
      .from(reads)
      .where(and(eq(reads.conversation, param('conversation')), eq(reads.user, param('user'))))
      .prepare(),
    message: db
      .select()
      .from(messages)
      .where(and(eq(messages.conversation, param('conversation')), eq(messages.uuid, param('uuid'))))
      .prepare(),
    attachment: db
      .select()
      .from(attachments)
      .where(eq(attachments.uuid, param('uuid')))
      .prepare(),
    attachmentsOf: db
      .select()
      .from(attachments)
      .where(eq(attachments.message, param('message')))
      .prepare(),
    waitingOf: db
      .select({ count: sql<number>`count(*)` })
      .from(attachments)
      .where(and(eq(attachments.uploader, param('user')), isNull(attachments.message)))
      .prepare(),
    userShowing: db
      .select({ id: users.id })
      .from(users)
      .where(eq(users.avatar, param('avatar')))
      .limit(1)
      .prepare(),
    authorShowing: db
      .select({ id: authors.id })
      .from(authors)
      .where(eq(authors.avatar, param('avatar')))
      .limit(1)
      .prepare(),
    waitingAttachmentsOf: db
      .select()
      .from(attachments)
      .where(and(eq(attachments.uploader, param('user')), isNull(attachments.message)))
      .prepare(),
    file: db
      .select()
      .from(files)
      .where(eq(files.id, param('id')))
      .prepare(),
    fileByHash: db
      .select()
      .from(files)
      .where(eq(files.hash, param('hash')))
      .prepare(),
    sent: db
      .select({ conversation: conversations.uuid })
      .from(participants)
      .innerJoin(conversations, eq(conversations.id, participants.conversation))
      .innerJoin(messages, and(eq(messages.conversation, conversations.id), eq(messages.uuid, param('uuid'))))
      .where(and(eq(participants.user, param('user')), eq(conversations.kind, param('kind'))))
      .prepare(),
    tail: db
      .select({ seq: messages.seq, user: authors.user })
      .from(messages)
      .leftJoin(authors, eq(authors.id, messages.author))
      .where(and(eq(messages.conversation, param('conversation')), ne(messages.kind, 'system')))
      .orderBy(desc(messages.seq))
      .limit(1)
      .prepare(),
    tailOther: db
      .select({ seq: messages.seq })
      .from(messages)
      .leftJoin(authors, eq(authors.id, messages.author))
      .where(
        and(
          eq(messages.conversation, param('conversation')),
          ne(messages.kind, 'system'),
          sql`${authors.user} is not ${param('user')}`,
        ),
      )
      .orderBy(desc(messages.seq))
      .limit(1)
      .prepare(),
    uncounted: db
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
    ownBetween: db
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
    nextForeign: db
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
    lastBefore: db
      .select()
      .from(messages)
      .where(and(eq(messages.conversation, param('conversation')), lt(messages.seq, param('seq')), counted))
      .orderBy(desc(messages.seq))
      .limit(1)
      .prepare(),
    pushesOf: db
      .select()
      .from(pushes)
      .where(eq(pushes.user, param('user')))
      .prepare(),
    receivers: db.select().from(receivers).where(gt(receivers.id, 0)).prepare(),
    webhooks: db.select().from(webhooks).where(gt(webhooks.id, 0)).prepare(),
    usersById: (ids: number[]) => db.select().from(users).where(inArray(users.id, ids)).all(),
  };
}
