/** Work in steps that goes on after a restart, and what is gone. */
import { index, integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';
import { users } from './people.ts';

/** A bulk change (an erasure, a deletion) that is under way: `state` is how far it is. Its row goes when it is done. */
export const jobs = sqliteTable(
  'jobs',
  {
    id: integer().primaryKey(),
    uuid: text().notNull(),
    kind: text().notNull(),
    state: text({ mode: 'json' }).$type<Record<string, unknown>>().notNull(),
    createdAt: integer().notNull(),
  },
  (table) => [uniqueIndex('jobs_uuid').on(table.uuid)],
);

/** Deleted conversations, for 30 days, by who may have held them: a user, or (null) the team. */
export const removals = sqliteTable(
  'removals',
  {
    id: integer().primaryKey(),
    position: integer().notNull(),
    conversation: text().notNull(),
    user: integer().references(() => users.id),
  },
  (table) => [index('removals_user').on(table.user, table.position), index('removals_position').on(table.position)],
);
