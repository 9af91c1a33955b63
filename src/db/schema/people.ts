/** People, and how they are called. */
import { sql } from 'drizzle-orm';
import { check, index, integer, primaryKey, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';
import { oneOf, ROLES } from './values.ts';

/** See meta.ts. */
export const withoutRowid = ['identities'];

/** How somebody wants to be told of what they miss: by mail, by push; `queue`: of customers whom nobody attends to. */
export interface Notifications {
  mail?: boolean;
  push?: boolean;
  queue?: boolean;
}

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
    /** What they chose of how they are told; what they did not choose is not in it. */
    notifications: text({ mode: 'json' }).$type<Notifications>().notNull().default({}),
  },
  (table) => [
    uniqueIndex('users_uuid').on(table.uuid),
    // Only who can log in needs an e-mail address of their own: two visitors may well type the same one.
    uniqueIndex('users_email').on(table.email).where(sql`"password" is not null or "role" <> 'user'`),
    index('users_team').on(table.role, table.id).where(sql`"role" <> 'user'`),
    index('users_avatar').on(table.avatar).where(sql`"avatar" is not null`),
    index('users_visitors')
      .on(table.createdAt)
      .where(sql`"anonymous" = 1 and "merged_into" is null and "erased_at" is null`),
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
  (table) => [
    index('authors_user').on(table.user),
    index('authors_avatar').on(table.avatar).where(sql`"avatar" is not null`),
    check('authors_role', oneOf(table.role, ROLES)),
  ],
);
