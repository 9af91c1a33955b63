/** Users, what they are known by and wrote under, and what belongs to them alone. What the loader reads of them: every statement goes by key or by an index made for it. */

import { and, desc, eq, gt, isNull, sql } from 'drizzle-orm';
import type { BetterSQLite3Database } from 'drizzle-orm/better-sqlite3';
import { lazily } from './lazily.ts';
import { links, sessions } from './schema/credentials.ts';
import { removals } from './schema/jobs.ts';
import { notices, pushes } from './schema/notices.ts';
import { receivers, webhooks } from './schema/outbox.ts';
import { passkeys } from './schema/passkeys.ts';
import { authors, identities, users } from './schema/people.ts';
import { cannedReplies } from './schema/setup.ts';
import { type KeyedTable, keyedTables, writtenTables } from './written-tables.ts';

const AUTHORS_KEPT = 50;
const param = sql.placeholder;

/** A row of each table by its key. */
function rowStatements(db: BetterSQLite3Database) {
  const makers = keyedTables.map((name) => {
    const { table } = writtenTables[name];
    const make = () =>
      db
        .select()
        .from(table)
        .where(eq(table.id, param('id')))
        .prepare();
    return [name, make];
  });
  return lazily(Object.fromEntries(makers)) as Record<KeyedTable, { get(values: { id: number }): unknown }>;
}

export function peopleStatements(db: BetterSQLite3Database) {
  return {
    row: () => rowStatements(db),
    user: () =>
      db
        .select()
        .from(users)
        .where(eq(users.id, param('id')))
        .prepare(),
    userByUuid: () =>
      db
        .select()
        .from(users)
        .where(eq(users.uuid, param('uuid')))
        .prepare(),
    // Word for word what the partial index says: SQLite takes it for no other condition.
    userByEmail: () =>
      db
        .select()
        .from(users)
        .where(and(eq(users.email, param('email')), sql`("password" is not null or "role" <> 'user')`))
        .prepare(),
    identity: () =>
      db
        .select()
        .from(identities)
        .where(and(eq(identities.provider, param('provider')), eq(identities.subject, param('subject'))))
        .prepare(),
    identitiesOf: () =>
      db
        .select()
        .from(identities)
        .where(eq(identities.user, param('user')))
        .prepare(),
    externalId: () =>
      db
        .select({ subject: identities.subject })
        .from(identities)
        .where(and(eq(identities.user, param('user')), eq(identities.provider, 'host')))
        .prepare(),
    sessionsOf: () =>
      db
        .select()
        .from(sessions)
        .where(and(eq(sessions.user, param('user')), isNull(sessions.revokedAt)))
        .prepare(),
    passkeysOf: () =>
      db
        .select()
        .from(passkeys)
        .where(eq(passkeys.user, param('user')))
        .prepare(),
    someSessions: () =>
      db
        .select()
        .from(sessions)
        .where(eq(sessions.user, param('user')))
        .limit(param('limit'))
        .prepare(),
    author: () =>
      db
        .select()
        .from(authors)
        .where(eq(authors.id, param('id')))
        .prepare(),
    authorsOf: () =>
      db
        .select()
        .from(authors)
        .where(eq(authors.user, param('user')))
        .orderBy(desc(authors.id))
        .limit(AUTHORS_KEPT)
        .prepare(),
    allAuthorsOf: () =>
      db
        .select()
        .from(authors)
        .where(eq(authors.user, param('user')))
        .prepare(),
    pushesOf: () =>
      db
        .select()
        .from(pushes)
        .where(eq(pushes.user, param('user')))
        .prepare(),
    noticesOf: () =>
      db
        .select()
        .from(notices)
        .where(eq(notices.user, param('user')))
        .prepare(),
    removalsOf: () =>
      db
        .select()
        .from(removals)
        .where(eq(removals.user, param('user')))
        .prepare(),
    linkOf: () =>
      db
        .select({ id: links.id })
        .from(links)
        .where(eq(links.user, param('user')))
        .limit(1)
        .prepare(),
    cannedReply: () =>
      db
        .select({ id: cannedReplies.id })
        .from(cannedReplies)
        .where(eq(cannedReplies.shortcut, param('shortcut')))
        .prepare(),
    receivers: () => db.select().from(receivers).where(gt(receivers.id, 0)).prepare(),
    webhooks: () => db.select().from(webhooks).where(gt(webhooks.id, 0)).prepare(),
  };
}
