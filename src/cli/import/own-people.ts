/** Users of another Parley: those who are here already, by their id, the host's id or the team's address, else made. */
import { and, eq, sql } from 'drizzle-orm';
import type { Bulk } from '../../db/bulk.ts';
import type { UserRow } from '../../db/rows.ts';
import { identities, users } from '../../db/schema/people.ts';
import type { Outcomes } from './outcome.ts';

type OwnUser = Omit<UserRow, 'id' | 'password' | 'mergedInto'> & {
  mergedInto: string | null;
  identities: { provider: string; subject: string }[];
};

const MAX_KEPT = 50_000;
const param = sql.placeholder;

export class OwnPeople {
  private readonly bulk: Bulk;
  private readonly outcomes: Outcomes;
  private readonly statement;
  /** Those who are here under another id. */
  private readonly others = new Map<string, number>();
  private readonly kept = new Map<string, number>();

  constructor(bulk: Bulk, outcomes: Outcomes) {
    this.bulk = bulk;
    this.outcomes = outcomes;
    const { db } = bulk;
    this.statement = {
      byUuid: db
        .select({ id: users.id })
        .from(users)
        .where(eq(users.uuid, param('uuid')))
        .prepare(),
      byIdentity: db
        .select({ id: identities.user })
        .from(identities)
        .where(and(eq(identities.provider, param('provider')), eq(identities.subject, param('subject'))))
        .prepare(),
      byEmail: db
        .select({ id: users.id })
        .from(users)
        .where(and(eq(users.email, param('email')), sql`("password" is not null or "role" <> 'user')`))
        .prepare(),
    };
  }

  take(given: OwnUser): void {
    const { identities: names, mergedInto, uuid, email, role } = given;
    if (this.find(uuid) !== null) return;
    const known = names
      .filter(({ provider }) => provider === 'host')
      .map(({ provider, subject }) => this.statement.byIdentity.get({ provider, subject }))
      .find((one) => one !== undefined);
    const same = known ?? (email === null || role === 'user' ? undefined : this.statement.byEmail.get({ email }));
    if (same !== undefined) {
      this.others.set(uuid, same.id);
      return;
    }
    const id = this.bulk.nextId();
    const { identities: _, ...row } = given;
    this.bulk.insert('users', {
      ...row,
      id,
      password: null,
      mergedInto: mergedInto === null ? null : this.of(mergedInto),
    });
    for (const { provider, subject } of names) this.bulk.insert('identities', { provider, subject, user: id });
    this.outcomes.users += 1;
  }

  /** Their key. Throws for who is not there. */
  of(uuid: string): number {
    const found = this.find(uuid);
    if (found === null) throw new Error('it speaks of a user who is not there');
    return found;
  }

  orNull(uuid: string | null): number | null {
    return uuid === null ? null : this.of(uuid);
  }

  private find(uuid: string): number | null {
    const known = this.kept.get(uuid) ?? this.others.get(uuid);
    if (known !== undefined) return known;
    const found = this.statement.byUuid.get({ uuid });
    if (found === undefined) return null;
    if (this.kept.size >= MAX_KEPT) this.kept.clear();
    this.kept.set(uuid, found.id);
    return found.id;
  }
}
