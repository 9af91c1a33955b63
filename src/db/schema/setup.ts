/** What admins set up, and what is noted of what the team did. */
import { index, integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';
import type { Settings } from '../../protocol/settings.ts';
import { authors, users } from './people.ts';

/** One row: the team's settings as they were last changed; what was never set is not in it. */
export const settings = sqliteTable('settings', {
  id: integer().primaryKey(),
  value: text({ mode: 'json' }).$type<Partial<Settings>>().notNull(),
});

/** The key of that row. */
export const SETTINGS = 1;

/** Texts that the team writes often. */
export const cannedReplies = sqliteTable(
  'canned_replies',
  { id: integer().primaryKey(), uuid: text().notNull(), shortcut: text().notNull(), text: text().notNull() },
  (table) => [
    uniqueIndex('canned_replies_uuid').on(table.uuid),
    uniqueIndex('canned_replies_shortcut').on(table.shortcut),
  ],
);

/** Who did what. `by` is an author row, so that an erasure reaches the name here too. */
export const audit = sqliteTable(
  'audit',
  {
    id: integer().primaryKey(),
    uuid: text().notNull(),
    at: integer().notNull(),
    user: integer().references(() => users.id),
    by: integer().references(() => authors.id),
    action: text().notNull(),
    targetType: text(),
    targetUuid: text(),
    details: text({ mode: 'json' }).$type<Record<string, unknown>>().notNull(),
    address: text(),
  },
  (table) => [index('audit_user').on(table.user, table.id), index('audit_action').on(table.action, table.id)],
);
