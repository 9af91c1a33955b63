/** Keys by which people sign in without a password. Which credential is whose also stands among the identities. */
import { index, integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';
import { users } from './people.ts';

export const passkeys = sqliteTable(
  'passkeys',
  {
    id: integer().primaryKey(),
    uuid: text().notNull(),
    user: integer()
      .notNull()
      .references(() => users.id),
    /** What the authenticator calls it, Base64url. */
    credential: text().notNull(),
    /** COSE, Base64url. */
    publicKey: text().notNull(),
    /** How often it was used, by its own count; 0 where it does not count. */
    counter: integer().notNull(),
    /** How browsers reach it. */
    transports: text({ mode: 'json' }).$type<string[]>().notNull(),
    name: text().notNull(),
    createdAt: integer().notNull(),
    usedAt: integer(),
  },
  (table) => [
    uniqueIndex('passkeys_uuid').on(table.uuid),
    uniqueIndex('passkeys_credential').on(table.credential),
    index('passkeys_user').on(table.user, table.id),
  ],
);
