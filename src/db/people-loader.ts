/** Users, the names they wrote under, and the settings: what of them a batch needs in its set. */
import type { LoaderStatements } from './loader-statements.ts';
import { SETTINGS } from './schema/setup.ts';
import { identityKey, type WorkingSet } from './working-set.ts';
import type { KeyedTable } from './written-tables.ts';

export class PeopleLoader {
  protected readonly statement: LoaderStatements;
  protected set!: WorkingSet;
  /** Users of whom the change just asked for speaks. */
  protected readonly mentions: number[] = [];

  constructor(statement: LoaderStatements) {
    this.statement = statement;
  }

  user(id: number): void {
    if (this.set.users.has(id)) return;
    const row = this.statement.user.get({ id });
    if (row === undefined) return;
    this.set.addUser(row);
    this.externalIdOf(id);
  }

  userByUuid(uuid: string): void {
    if (this.set.usersByUuid.has(uuid)) return;
    const row = this.statement.userByUuid.get({ uuid });
    if (row === undefined) this.set.usersByUuid.set(uuid, null);
    else {
      this.set.addUser(row);
      this.externalIdOf(row.id);
    }
  }

  userByEmail(email: string): void {
    const found = this.statement.userByEmail.get({ email });
    if (found !== undefined) this.user(found.id);
    this.set.usersByEmail.set(email, this.set.userOf(found?.id));
  }

  emailOf(user: { externalId: string }): void {
    const email = this.set.userOf(this.keyOf(user))?.email ?? null;
    if (email !== null) this.userByEmail(email);
  }

  identity(provider: string, subject: string): void {
    const key = identityKey(provider, subject);
    const known = this.set.identities.get(key);
    if (known === undefined || known === null) {
      this.set.identities.set(key, this.statement.identity.get({ provider, subject }) ?? null);
    }
    const row = this.set.identities.get(key);
    if (row) this.user(row.user);
  }

  identitiesByEmail(email: string): void {
    this.userByEmail(email);
    const user = this.set.usersByEmail.get(email)?.id;
    if (user === undefined) return;
    for (const { provider, subject } of this.statement.identitiesOf.all({ user })) this.identity(provider, subject);
  }

  private externalIdOf(user: number): void {
    this.set.externalIds.set(user, this.statement.externalId.get({ user })?.subject ?? null);
  }

  /** The key of somebody named from outside. */
  protected keyOf(user: { uuid: string } | { externalId: string }): number | undefined {
    if ('uuid' in user) {
      this.userByUuid(user.uuid);
      return this.set.usersByUuid.get(user.uuid)?.id;
    }
    this.identity('host', user.externalId);
    return this.set.identities.get(identityKey('host', user.externalId))?.user;
  }

  sessionsOf(user: number): void {
    for (const row of this.statement.sessionsOf.all({ user })) {
      if (!this.set.rows.sessions.get(row.id)) this.set.rows.sessions.set(row.id, row);
    }
  }

  passkeysOf(user: number): void {
    for (const row of this.statement.passkeysOf.all({ user })) {
      if (!this.set.rows.passkeys.has(row.id)) this.set.rows.passkeys.set(row.id, row);
    }
  }

  authors(user: number | { uuid: string }): void {
    const id = typeof user === 'number' ? user : this.keyOf(user);
    if (id === undefined) return;
    this.mentions.push(id);
    this.user(id);
    if (this.set.authorsOf.has(id)) return;
    const rows = this.statement.authorsOf.all({ user: id });
    for (const row of rows) this.set.addAuthor(row);
    this.set.authorsOf.set(id, rows);
  }

  protected author(id: number | null | undefined): void {
    if (id === null || id === undefined || this.set.authors.has(id)) return;
    const row = this.statement.author.get({ id });
    if (row === undefined) return;
    this.set.addAuthor(row);
    this.user(row.user);
  }

  protected allAuthorsOf(user: number): void {
    const authors = this.statement.allAuthorsOf.all({ user });
    for (const row of authors) this.set.addAuthor(row);
    this.set.authorsOf.set(user, authors);
  }

  row(table: KeyedTable, id: number): void {
    const held = this.set.rows[table] as Map<number, unknown>;
    if (!held.has(id)) held.set(id, this.statement.row[table].get({ id }) ?? null);
  }

  settings(): void {
    this.row('settings', SETTINGS);
    const { agent = null, peer = null } = this.set.rows.settings.get(SETTINGS)?.value.firstAssignee ?? {};
    for (const uuid of [agent, peer]) if (uuid !== null) this.authors({ uuid });
  }

  cannedReply(shortcut: string): void {
    if (this.set.cannedReplies.has(shortcut)) return;
    const id = this.statement.cannedReply.get({ shortcut })?.id;
    if (id !== undefined) this.row('cannedReplies', id);
    this.set.cannedReplies.set(shortcut, id === undefined ? null : (this.set.rows.cannedReplies.get(id) ?? null));
  }
}
