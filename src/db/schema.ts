/**
 * The tables. Inside, keys are integers handed out by the writer (one counter, never used twice); a UUID in lower
 * case stands beside whatever the outside may name. Times are milliseconds of Unix time and order nothing; positions
 * are microseconds of the store's clock and order everything.
 */
import { type SQL, sql } from 'drizzle-orm';
import {
  type AnySQLiteColumn,
  check,
  customType,
  index,
  integer,
  primaryKey,
  sqliteTable,
  text,
  uniqueIndex,
} from 'drizzle-orm/sqlite-core';

/** Tables whose primary key is their only way in: kept as one tree. The migration generator reads this list. */
export const withoutRowid = ['identities', 'participants', 'tags', 'reads'];

const ROLES = ['user', 'peer', 'agent', 'admin', 'bot'] as const;

const oneOf = (column: AnySQLiteColumn, values: readonly string[]): SQL =>
  sql`${column} in (${sql.raw(values.map((value) => `'${value}'`).join(', '))})`;

/** JSON that may be absent. Drizzle's own JSON column writes the text `null` for a prepared null. */
const messageExtra = customType<{ data: MessageExtra; driverData: string | null }>({
  dataType: () => 'text',
  toDriver: (value) => (value === null ? null : JSON.stringify(value)),
  fromDriver: (value) => JSON.parse(value as string),
});

/** One row: which life of the file this is (`epoch`), where its clock stands, the last key handed out. */
export const meta = sqliteTable('meta', {
  id: integer().primaryKey(),
  epoch: text().notNull(),
  position: integer().notNull(),
  lastId: integer().notNull(),
});

/** Anyone who can speak. */
export const users = sqliteTable(
  'users',
  {
    id: integer().primaryKey(),
    uuid: text().notNull(),
    role: text({ enum: ROLES }).notNull(),
    anonymous: integer({ mode: 'boolean' }).notNull(),
    name: text(),
    email: text(),
    title: text(),
    avatar: text(),
    password: text(),
    fields: text({ mode: 'json' }).$type<Record<string, string>>().notNull(),
    createdAt: integer().notNull(),
    lastSeenAt: integer(),
    blockedAt: integer(),
    disabledAt: integer(),
    erasedAt: integer(),
    mergedInto: integer(),
  },
  (table) => [
    uniqueIndex('users_uuid').on(table.uuid),
    // Only who can log in needs an e-mail address of their own: two visitors may well type the same one.
    uniqueIndex('users_email').on(table.email).where(sql`"password" is not null or "role" <> 'user'`),
    index('users_team').on(table.role, table.id).where(sql`"role" <> 'user'`),
    check('users_role', oneOf(table.role, ROLES)),
  ],
);

/** What others call a user: `host` and the host's own id; later an OpenID provider and its subject. */
export const identities = sqliteTable(
  'identities',
  {
    provider: text().notNull(),
    subject: text().notNull(),
    user: integer()
      .notNull()
      .references(() => users.id),
  },
  (table) => [primaryKey({ columns: [table.provider, table.subject] }), index('identities_user').on(table.user)],
);

/** A user as they were when they wrote: messages point here, so that a name changes in one row or in none. */
export const authors = sqliteTable(
  'authors',
  {
    id: integer().primaryKey(),
    user: integer()
      .notNull()
      .references(() => users.id),
    role: text({ enum: ROLES }).notNull(),
    name: text(),
    title: text(),
    avatar: text(),
  },
  (table) => [index('authors_user').on(table.user), check('authors_role', oneOf(table.role, ROLES))],
);

const SESSION_KINDS = ['visitor', 'login', 'token'] as const;

/** A credential in use. `hash` is of a visitor's or minted token, or of the login's refresh token of the moment. */
export const sessions = sqliteTable(
  'sessions',
  {
    id: integer().primaryKey(),
    uuid: text().notNull(),
    user: integer()
      .notNull()
      .references(() => users.id),
    kind: text({ enum: SESSION_KINDS }).notNull(),
    hash: text().notNull(),
    previousHash: text(),
    rotatedAt: integer(),
    createdAt: integer().notNull(),
    expiresAt: integer().notNull(),
    usedDay: integer().notNull(),
    revokedAt: integer(),
    address: text(),
    userAgent: text(),
  },
  (table) => [
    uniqueIndex('sessions_uuid').on(table.uuid),
    uniqueIndex('sessions_hash').on(table.hash),
    index('sessions_previous').on(table.previousHash).where(sql`"previous_hash" is not null`),
    index('sessions_user').on(table.user, table.id),
    check('sessions_kind', oneOf(table.kind, SESSION_KINDS)),
  ],
);

const LINK_KINDS = ['first_admin', 'invitation', 'password', 'mail'] as const;

/** One-use secrets in a URL's fragment. */
export const links = sqliteTable(
  'links',
  {
    id: integer().primaryKey(),
    hash: text().notNull(),
    kind: text({ enum: LINK_KINDS }).notNull(),
    user: integer().references(() => users.id),
    role: text({ enum: ROLES }),
    createdAt: integer().notNull(),
    expiresAt: integer().notNull(),
    usedAt: integer(),
  },
  (table) => [uniqueIndex('links_hash').on(table.hash), check('links_kind', oneOf(table.kind, LINK_KINDS))],
);

/** The host's keys; the key itself is shown once and kept as a hash. */
export const apiKeys = sqliteTable(
  'api_keys',
  {
    id: integer().primaryKey(),
    uuid: text().notNull(),
    hash: text().notNull(),
    name: text().notNull(),
    scopes: text({ mode: 'json' }).$type<string[]>().notNull(),
    createdAt: integer().notNull(),
    usedAt: integer(),
    expiresAt: integer(),
  },
  (table) => [uniqueIndex('api_keys_uuid').on(table.uuid), uniqueIndex('api_keys_hash').on(table.hash)],
);

const CONVERSATION_KINDS = ['support', 'direct', 'room', 'side'] as const;
const STATUSES = ['open', 'closed'] as const;
const QUEUES = ['agent', 'peer'] as const;
const MESSAGE_KINDS = ['text', 'file', 'system'] as const;

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
    index('conversations_waiting').on(table.waiting, table.id).where(sql`"waiting" is not null`),
    index('conversations_changed').on(table.position).where(sql`"kind" in ('support', 'side')`),
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

/**
 * Messages. Those never changed have a rising `rev`, so new ones are read from the top down; edited and deleted ones
 * (`changed`) are found by a small partial index. An index over every rev was measured to cost 17% of the inserts.
 */
export const messages = sqliteTable(
  'messages',
  {
    id: integer().primaryKey(),
    uuid: text().notNull(),
    conversation: integer()
      .notNull()
      .references(() => conversations.id),
    seq: integer().notNull(),
    rev: integer().notNull(),
    kind: text({ enum: MESSAGE_KINDS }).notNull(),
    author: integer().references(() => authors.id),
    ai: integer({ mode: 'boolean' }).notNull(),
    content: text(),
    state: text({ enum: ['streaming', 'stopped', 'interrupted'] }),
    extra: messageExtra(),
    afterSeq: integer(),
    changed: integer({ mode: 'boolean' }).notNull(),
    createdAt: integer().notNull(),
    editedAt: integer(),
    deletedAt: integer(),
  },
  (table) => [
    uniqueIndex('messages_seq').on(table.conversation, table.seq),
    uniqueIndex('messages_uuid').on(table.conversation, table.uuid),
    index('messages_changed').on(table.conversation, table.rev).where(sql`"changed" = 1`),
    index('messages_uncounted')
      .on(table.conversation, table.seq)
      .where(sql`"deleted_at" is not null or "kind" = 'system'`),
    index('messages_streaming').on(table.id).where(sql`"state" = 'streaming'`),
    index('messages_after').on(table.conversation, table.afterSeq, table.seq).where(sql`"after_seq" is not null`),
    check('messages_kind', oneOf(table.kind, MESSAGE_KINDS)),
  ],
);

/** What few messages have: quick replies of a bot, what a system message says. */
export interface MessageExtra {
  quickReplies?: string[];
  system?: SystemRow;
}

/** A system message as it is kept: people by their author row. */
export interface SystemRow {
  code: 'joined' | 'left' | 'assigned' | 'closed' | 'reopened' | 'notice';
  user?: number;
  by?: number | null;
  to?: number | null;
}

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

/** Bytes on disk, kept once by their SHA-256. */
export const files = sqliteTable(
  'files',
  { id: integer().primaryKey(), hash: text().notNull(), size: integer().notNull(), createdAt: integer().notNull() },
  (table) => [uniqueIndex('files_hash').on(table.hash)],
);

/** An uploaded file or an https link; of a message, or waiting for one. */
export const attachments = sqliteTable(
  'attachments',
  {
    id: integer().primaryKey(),
    uuid: text().notNull(),
    uploader: integer().references(() => users.id),
    message: integer().references(() => messages.id),
    place: integer().notNull(),
    file: integer().references(() => files.id),
    name: text().notNull(),
    type: text().notNull(),
    size: integer().notNull(),
    width: integer(),
    height: integer(),
    url: text(),
    createdAt: integer().notNull(),
  },
  (table) => [
    uniqueIndex('attachments_uuid').on(table.uuid),
    index('attachments_message').on(table.message),
    index('attachments_file').on(table.file),
    index('attachments_waiting').on(table.uploader).where(sql`"message" is null`),
  ],
);
