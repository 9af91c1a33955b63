/** People and their credentials by key. Prepared once. */
import { and, desc, eq, gt, inArray, isNotNull, isNull, lt, type SQL, sql } from 'drizzle-orm';
import { lazily } from '../../db/lazily.ts';
import type { Questions } from '../../db/questions.ts';
import { apiKeys, links, sessions } from '../../db/schema/credentials.ts';
import { passkeys } from '../../db/schema/passkeys.ts';
import { authors, identities, users } from '../../db/schema/people.ts';
import { totp } from '../../db/schema/totp.ts';
import type { Role } from '../../protocol/person.ts';

const param = sql.placeholder;

export type PeopleReadings = ReturnType<typeof peopleReadings>;

export function peopleReadings(db: Questions) {
  const session = () =>
    db.select({ session: sessions, user: users }).from(sessions).innerJoin(users, eq(users.id, sessions.user));
  const externalId = sql<string | null>`(select "subject" from ${identities}
    where "user" = ${users.id} and "provider" = 'host' limit 1)`;
  // By the host, by an OpenID provider, or by a passkey.
  const known = sql<boolean>`exists (select 1 from ${identities} where "user" = ${users.id})`.mapWith(Boolean);
  const person = () => db.select({ user: users, externalId }).from(users);
  // Word for word what the partial indexes say: SQLite takes one only for a condition that it knows to be the same.
  const logsIn = sql`("password" is not null or "role" <> 'user')`;
  const ofTeam = sql`"role" <> 'user'`;
  const statements = lazily({
    sessionByHash: () =>
      session()
        .where(eq(sessions.hash, param('hash')))
        .prepare(),
    sessionByUuid: () =>
      session()
        .where(eq(sessions.uuid, param('uuid')))
        .prepare(),
    sessionsOf: () =>
      db
        .select()
        .from(sessions)
        .where(and(eq(sessions.user, param('user')), isNull(sessions.revokedAt), gt(sessions.expiresAt, param('now'))))
        .orderBy(desc(sessions.id))
        .limit(200)
        .prepare(),
    user: () =>
      person()
        .where(eq(users.id, param('id')))
        .prepare(),
    userByUuid: () =>
      person()
        .where(eq(users.uuid, param('uuid')))
        .prepare(),
    userByHost: () =>
      db
        .select({ user: users })
        .from(identities)
        .innerJoin(users, eq(users.id, identities.user))
        .where(and(eq(identities.provider, 'host'), eq(identities.subject, param('subject'))))
        .prepare(),
    userByEmail: () =>
      person()
        .where(and(eq(users.email, param('email')), logsIn))
        .prepare(),
    admins: () =>
      db
        .select({ user: users, known })
        .from(users)
        .where(and(eq(users.role, 'admin'), ofTeam, isNull(users.disabledAt), isNull(users.erasedAt)))
        .prepare(),
    /** With which a user wrote. */
    picturesOf: () =>
      db
        .select({ avatar: authors.avatar })
        .from(authors)
        .where(and(eq(authors.user, param('user')), isNotNull(authors.avatar)))
        .prepare(),
    apiKeyByHash: () =>
      db
        .select()
        .from(apiKeys)
        .where(eq(apiKeys.hash, param('hash')))
        .prepare(),
    apiKeyByUuid: () =>
      db
        .select()
        .from(apiKeys)
        .where(eq(apiKeys.uuid, param('uuid')))
        .prepare(),
    apiKeysBefore: () =>
      db
        .select()
        .from(apiKeys)
        .where(lt(apiKeys.id, param('before')))
        .orderBy(desc(apiKeys.id))
        .limit(param('limit'))
        .prepare(),
    linkByHash: () =>
      db
        .select()
        .from(links)
        .where(eq(links.hash, param('hash')))
        .prepare(),
    totpOf: () =>
      db
        .select()
        .from(totp)
        .where(eq(totp.id, param('user')))
        .prepare(),
    passkeysOf: () =>
      db
        .select()
        .from(passkeys)
        .where(eq(passkeys.user, param('user')))
        .orderBy(desc(passkeys.id))
        .limit(200)
        .prepare(),
    passkeyByCredential: () =>
      db
        .select()
        .from(passkeys)
        .where(eq(passkeys.credential, param('credential')))
        .prepare(),
    openLinks: () =>
      db
        .select({ id: links.id, user: links.user })
        .from(links)
        .where(and(eq(links.kind, param('kind')), isNull(links.usedAt)))
        .prepare(),
  });

  return Object.assign(statements, {
    /** Users with a key below `before`, newest first; of a role, of the host's id, of an address to log in with. */
    async usersBefore(before: number, limit: number, only: { role?: Role; externalId?: string; email?: string }) {
      const named = (subject: string) =>
        inArray(
          users.id,
          db
            .select({ user: identities.user })
            .from(identities)
            .where(and(eq(identities.provider, 'host'), eq(identities.subject, subject))),
        );
      const conditions: (SQL | undefined)[] = [lt(users.id, before), isNull(users.erasedAt), isNull(users.mergedInto)];
      if (only.role !== undefined) conditions.push(eq(users.role, only.role));
      if (only.role !== undefined && only.role !== 'user') conditions.push(ofTeam);
      if (only.externalId !== undefined) conditions.push(named(only.externalId));
      if (only.email !== undefined) conditions.push(eq(users.email, only.email), logsIn);
      return person()
        .where(and(...conditions))
        .orderBy(desc(users.id))
        .limit(limit)
        .all();
    },
  });
}
