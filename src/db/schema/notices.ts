/** Telling people who are not there: to whom, where, and when. */
import { sql } from 'drizzle-orm';
import { check, index, integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';
import { sessions } from './credentials.ts';
import { users } from './people.ts';
import { oneOf } from './values.ts';

const NOTICE_KINDS = ['unread', 'queue'] as const;

/**
 * A look at a conversation that is due: whether its messages are still unread by a user, or (`queue`) whether its
 * customer still waits. It stays for the quiet period after it was told, so that there is one at most in it.
 */
export const notices = sqliteTable(
  'notices',
  {
    id: integer().primaryKey(),
    kind: text({ enum: NOTICE_KINDS }).notNull(),
    /** Without a foreign key: it may be gone when the look is due. */
    conversation: integer().notNull(),
    /** Null: the team. */
    user: integer().references(() => users.id),
    dueAt: integer().notNull(),
    /** The newest seq that was told; of a queue the waiting (its position). 0: nothing yet. */
    told: integer().notNull(),
    /** How often telling it failed in a row. */
    failures: integer().notNull(),
  },
  (table) => [
    index('notices_due').on(table.dueAt),
    uniqueIndex('notices_about').on(table.conversation, table.kind, table.user),
    index('notices_user').on(table.user),
    check('notices_kind', oneOf(table.kind, NOTICE_KINDS)),
  ],
);

/** Browsers that take push messages for a user. One that signed out takes none. */
export const pushes = sqliteTable(
  'pushes',
  {
    id: integer().primaryKey(),
    user: integer()
      .notNull()
      .references(() => users.id),
    /** Null: a token of the host's asked. */
    session: integer().references(() => sessions.id),
    endpoint: text().notNull(),
    p256dh: text().notNull(),
    auth: text().notNull(),
    createdAt: integer().notNull(),
  },
  (table) => [
    uniqueIndex('pushes_endpoint').on(table.endpoint),
    index('pushes_user').on(table.user, table.id),
    index('pushes_session').on(table.session).where(sql`"session" is not null`),
  ],
);
