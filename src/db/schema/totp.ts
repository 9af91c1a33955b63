/** The second factor of a login by password: codes of an app that shares a secret with the server. */
import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { users } from './people.ts';

/** One a user, under the user's key. */
export const totp = sqliteTable('totp', {
  id: integer()
    .primaryKey()
    .references(() => users.id),
  /** Sealed. */
  secret: text().notNull(),
  createdAt: integer().notNull(),
  /** Null: begun, and not asked for yet. */
  confirmedAt: integer(),
  /** The newest step of the clock whose code was taken: that one and those before are taken no more. */
  step: integer().notNull(),
  /** Hashes of the recovery codes that are left. */
  recovery: text({ mode: 'json' }).$type<string[]>().notNull(),
});
