/** Those who wrote: found by the host's id or, of the team, by their address; else made. */
import { and, eq, sql } from 'drizzle-orm';
import type { Bulk } from '../../db/bulk.ts';
import type { AuthorRow, UserRow } from '../../db/rows.ts';
import { identities, users } from '../../db/schema/people.ts';
import type { Role } from '../../protocol/person.ts';
import { there } from '../../protocol/there.ts';
import { Authors } from './authors.ts';
import { BOT, type Format, TEAM } from './formats.ts';
import { idFrom } from './ids.ts';
import type { Outcomes } from './outcome.ts';
import type { StagedPerson } from './staged.ts';
import type { Staging } from './staging.ts';

/** How somebody is shown beside what they wrote. */
export interface As {
  role?: Role;
  name?: string | null;
  /** Kept of a customer's alone. */
  email?: string | null;
  title?: string | null;
}

const HOST = 'host';
const MAX_KEPT = 50_000;
const param = sql.placeholder;

export class People {
  private readonly bulk: Bulk;
  private readonly staging: Staging;
  private readonly format: Format;
  private readonly outcomes: Outcomes;
  private readonly now: number;
  private readonly statement;
  private readonly kept = new Map<string, UserRow>();
  private readonly authors: Authors;

  constructor(given: { bulk: Bulk; staging: Staging; format: Format; outcomes: Outcomes; now: number }) {
    this.bulk = given.bulk;
    this.staging = given.staging;
    this.format = given.format;
    this.outcomes = given.outcomes;
    this.now = given.now;
    this.authors = new Authors(given.bulk);
    this.statement = prepare(given.bulk);
  }

  /**
   * @param key as `formats.ts` makes them
   * @param as what is known of them where they are met: counts if no file tells of them, and never in a living user
   */
  of(key: string, as: As = {}): UserRow {
    const known = this.kept.get(key);
    if (known !== undefined) return known;
    const staged = this.staging.personOf(key);
    const found = this.found(key, staged);
    const user = found === null ? this.made(key, staged, as) : found.mergedInto === null ? found : this.byRow(found.id);
    if (this.kept.size >= MAX_KEPT) this.kept.clear();
    this.kept.set(key, user);
    return user;
  }

  /** Somebody who is there, by their key in the store; of who was merged, who they are now. */
  byRow(id: number): UserRow {
    const user = there(this.statement.byId.get({ id }), 'a row names a user who is not there');
    return user.mergedInto === null ? user : this.byRow(user.mergedInto);
  }

  /** The row by which messages name their author. */
  author(user: UserRow, as: As): AuthorRow {
    const { avatar } = user;
    const shown = { role: as.role ?? user.role, name: as.name ?? user.name, title: as.title ?? user.title, avatar };
    return this.authors.of(user.id, shown);
  }

  /** Null: they are not there. */
  known(key: string): UserRow | null {
    return this.found(key, null);
  }

  private found(key: string, staged: StagedPerson | null): UserRow | null {
    const named = this.statement.byIdentity.get({ subject: idIn(key) });
    if (key.startsWith('user:') && named !== undefined) return named.users;
    const made = this.statement.byUuid.get({ uuid: this.uuidOf(key) });
    if (made !== undefined) return made;
    if (staged?.email == null || staged.role === 'user') return null;
    return this.statement.byEmail.get({ email: staged.email }) ?? null;
  }

  private uuidOf(key: string): string {
    // The host's users are the same in whatever it kept of them; the others are known to one source.
    return key.startsWith('user:') ? idFrom('user', key) : idFrom('user', this.format.name, key);
  }

  private made(key: string, staged: StagedPerson | null, as: As): UserRow {
    const role = staged?.role ?? as.role ?? 'user';
    const standIn = key === BOT || key === TEAM;
    const createdAt = staged?.createdAt ?? this.now;
    const row: UserRow = {
      id: this.bulk.nextId(),
      uuid: this.uuidOf(key),
      role,
      anonymous: key.startsWith('visitor:'),
      name: staged?.name ?? as.name ?? null,
      email: staged?.email ?? as.email ?? null,
      title: null,
      avatar: null,
      password: null,
      fields: {},
      createdAt,
      lastSeenAt: staged?.lastSeenAt ?? null,
      blockedAt: null,
      // Nobody is they: they answer nobody, and nobody comes in as them.
      disabledAt: standIn || role === 'bot' ? createdAt : null,
      erasedAt: null,
      mergedInto: null,
      notifications: {},
    };
    this.bulk.insert('users', row);
    if (key.startsWith('user:')) this.bulk.insert('identities', { provider: HOST, subject: idIn(key), user: row.id });
    this.outcomes.users += 1;
    return row;
  }
}

function idIn(key: string): string {
  return key.slice(key.indexOf(':') + 1);
}

function prepare({ db }: Bulk) {
  return {
    byIdentity: db
      .select()
      .from(identities)
      .innerJoin(users, eq(users.id, identities.user))
      .where(and(eq(identities.provider, HOST), eq(identities.subject, param('subject'))))
      .prepare(),
    byId: db
      .select()
      .from(users)
      .where(eq(users.id, param('id')))
      .prepare(),
    byUuid: db
      .select()
      .from(users)
      .where(eq(users.uuid, param('uuid')))
      .prepare(),
    byEmail: db
      .select()
      .from(users)
      // Word for word what the partial index says.
      .where(and(eq(users.email, param('email')), sql`("password" is not null or "role" <> 'user')`))
      .prepare(),
  };
}
