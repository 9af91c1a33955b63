/** Messages. */
import { sql } from 'drizzle-orm';
import { check, customType, index, integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';
import { conversations } from './conversations.ts';
import { authors } from './people.ts';
import { MESSAGE_KINDS, oneOf } from './values.ts';

/** JSON that may be absent. Drizzle's own JSON column writes the text `null` for a prepared null. */
const messageExtra = customType<{ data: MessageExtra; driverData: string | null }>({
  dataType: () => 'text',
  toDriver: (value) => (value === null ? null : JSON.stringify(value)),
  fromDriver: (value) => JSON.parse(value as string),
});

/**
 * Messages. Those never changed have a rising `rev`, so new ones are read from the top down; edited and deleted ones
 * (`changed`) are found by a small partial index. An index over every rev was measured to cost 17% of the inserts. The
 * ids of clients rise with time (version 7), so an index that begins with them grows at one end: in that order it costs
 * a batch over many conversations a third less to write.
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
    uniqueIndex('messages_uuid').on(table.uuid, table.conversation),
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
  code:
    | 'joined'
    | 'left'
    | 'assigned'
    | 'closed'
    | 'reopened'
    | 'tags'
    | 'snoozed'
    | 'rated'
    | 'bot_failed'
    | 'merged'
    | 'notice';
  user?: number;
  by?: number | null;
  to?: number | null;
  added?: string[];
  removed?: string[];
  /** ms */
  until?: number | null;
}
