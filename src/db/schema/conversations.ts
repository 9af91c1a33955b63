/** Conversations, who is in them, and what was read. */
import { sql } from 'drizzle-orm';
import {
  type AnySQLiteColumn,
  check,
  index,
  integer,
  primaryKey,
  sqliteTable,
  text,
  uniqueIndex,
} from 'drizzle-orm/sqlite-core';
import { users } from './people.ts';
import { MESSAGE_KINDS, oneOf, QUEUES } from './values.ts';

/** See meta.ts. */
export const withoutRowid = ['participants', 'tags', 'reads'];

const CONVERSATION_KINDS = ['support', 'direct', 'room', 'side'] as const;
const STATUSES = ['open', 'closed'] as const;

export interface Context {
  page?: string;
  title?: string;
  referrer?: string;
  language?: string;
  timeZone?: string;
}

/**
 * Threads of messages. A support conversation has a `side` row of its own (`parent` points back): what only the team
 * may know lives and counts there. `openKey` is what find-or-make finds by. `lastUncounted` is the highest seq that
 * unread never counts (a tombstone or a system message): below a mark, nothing has to be looked up.
 */
export const conversations = sqliteTable(
  'conversations',
  {
    id: integer().primaryKey(),
    uuid: text().notNull(),
    kind: text({ enum: CONVERSATION_KINDS }).notNull(),
    parent: integer().references((): AnySQLiteColumn => conversations.id),
    openKey: text(),
    externalId: text(),
    status: text({ enum: STATUSES }).notNull(),
    subject: text(),
    maxLength: integer(),
    seq: integer().notNull(),
    rev: integer().notNull(),
    resetRev: integer().notNull(),
    position: integer().notNull(),
    activity: integer().notNull(),
    lastSeq: integer(),
    lastUser: integer(),
    lastKind: text({ enum: MESSAGE_KINDS }),
    lastText: text(),
    lastAt: integer(),
    lastUncounted: integer().notNull(),
    participantCount: integer().notNull(),
    customer: integer().references(() => users.id),
    assignee: integer().references(() => users.id),
    queue: text({ enum: QUEUES }),
    teamReadSeq: integer().notNull(),
    teamReadAt: integer(),
    botAfterRead: integer().notNull(),
    waiting: integer(),
    firstResponseAt: integer(),
    rating: integer(),
    comment: text(),
    snoozedUntil: integer(),
    ip: text(),
    userAgent: text(),
    context: text({ mode: 'json' }).$type<Context>().notNull(),
    createdAt: integer().notNull(),
    closedAt: integer(),
  },
  (table) => [
    uniqueIndex('conversations_uuid').on(table.uuid),
    uniqueIndex('conversations_open_key').on(table.openKey).where(sql`"open_key" is not null`),
    uniqueIndex('conversations_parent').on(table.parent).where(sql`"parent" is not null`),
    uniqueIndex('conversations_external').on(table.externalId).where(sql`"external_id" is not null`),
    index('conversations_customer').on(table.customer, table.activity, table.id).where(sql`"kind" = 'support'`),
    index('conversations_support').on(table.activity, table.id).where(sql`"kind" = 'support'`),
    index('conversations_status').on(table.status, table.activity, table.id).where(sql`"kind" = 'support'`),
    index('conversations_assignee')
      .on(table.assignee, table.status, table.activity, table.id)
      .where(sql`"kind" = 'support'`),
    index('conversations_begun').on(table.createdAt).where(sql`"kind" = 'support'`),
    index('conversations_closed').on(table.closedAt).where(sql`"closed_at" is not null`),
    index('conversations_waiting').on(table.waiting, table.id).where(sql`"waiting" is not null`),
    index('conversations_changed').on(table.position).where(sql`"kind" in ('support', 'side')`),
    index('conversations_snoozed').on(table.snoozedUntil).where(sql`"snoozed_until" is not null`),
    check('conversations_kind', oneOf(table.kind, CONVERSATION_KINDS)),
    check('conversations_status_value', oneOf(table.status, STATUSES)),
    check('conversations_queue', sql`"queue" is null or "queue" in ('agent', 'peer')`),
  ],
);

/** Tags of a side conversation. */
export const tags = sqliteTable(
  'tags',
  {
    conversation: integer()
      .notNull()
      .references(() => conversations.id),
    tag: text().notNull(),
  },
  (table) => [primaryKey({ columns: [table.conversation, table.tag] }), index('tags_tag').on(table.tag)],
);

/** A user in a conversation, with their marks. The three marks carry no rev; a move of `readSeq` takes a position. */
export const participants = sqliteTable(
  'participants',
  {
    conversation: integer()
      .notNull()
      .references(() => conversations.id),
    user: integer()
      .notNull()
      .references(() => users.id),
    title: text(),
    moderator: integer({ mode: 'boolean' }).notNull(),
    joinedAt: integer().notNull(),
    leftAt: integer(),
    rev: integer().notNull(),
    readSeq: integer().notNull(),
    readAt: integer(),
    deliveredSeq: integer().notNull(),
    ownAfterRead: integer().notNull(),
    markPosition: integer().notNull(),
    memberPosition: integer().notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.conversation, table.user] }),
    index('participants_user').on(table.user),
    index('participants_rev').on(table.conversation, table.rev),
  ],
);

/** In direct conversations, each move of a read mark: from it the time at which a message was read is told. */
export const reads = sqliteTable(
  'reads',
  {
    conversation: integer()
      .notNull()
      .references(() => conversations.id),
    user: integer()
      .notNull()
      .references(() => users.id),
    seq: integer().notNull(),
    at: integer().notNull(),
  },
  (table) => [primaryKey({ columns: [table.conversation, table.user, table.seq] })],
);
