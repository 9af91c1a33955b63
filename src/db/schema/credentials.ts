/** What people and programs show to be let in: sessions, one-use links, API keys. */
import { sql } from 'drizzle-orm';
import { check, index, integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';
import { users } from './people.ts';
import { oneOf, ROLES } from './values.ts';

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
    index('sessions_expiry').on(table.expiresAt),
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
  (table) => [
    uniqueIndex('links_hash').on(table.hash),
    index('links_expiry').on(table.expiresAt),
    index('links_user').on(table.user).where(sql`"user" is not null`),
    check('links_kind', oneOf(table.kind, LINK_KINDS)),
  ],
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
