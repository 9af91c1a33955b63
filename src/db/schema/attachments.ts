/** Files and links of messages. */
import { sql } from 'drizzle-orm';
import { index, integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';
import { messages } from './messages.ts';
import { users } from './people.ts';

/**
 * Bytes on disk, kept once by their SHA-256: as long as `records` attachments have them, or they are an `avatar` (its
 * type), which anybody may see.
 */
export const files = sqliteTable(
  'files',
  {
    id: integer().primaryKey(),
    hash: text().notNull(),
    size: integer().notNull(),
    records: integer().notNull().default(0),
    avatar: text(),
    createdAt: integer().notNull(),
  },
  (table) => [
    uniqueIndex('files_hash').on(table.hash),
    index('files_avatar').on(table.id).where(sql`"avatar" is not null`),
  ],
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
    index('attachments_message').on(table.message).where(sql`"message" is not null`),
    index('attachments_file').on(table.file),
    index('attachments_waiting').on(table.uploader).where(sql`"message" is null`),
    index('attachments_orphaned').on(table.createdAt).where(sql`"message" is null`),
  ],
);
