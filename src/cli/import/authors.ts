/** The rows by which messages name their authors: found, or made. */
import { desc, eq, sql } from 'drizzle-orm';
import type { Bulk } from '../../db/bulk.ts';
import type { AuthorRow } from '../../db/rows.ts';
import { authors } from '../../db/schema/people.ts';

const MAX_KEPT = 50_000;

export type Shown = Pick<AuthorRow, 'role' | 'name' | 'title' | 'avatar'>;

export class Authors {
  private readonly bulk: Bulk;
  private readonly statement;
  private readonly kept = new Map<string, AuthorRow>();

  constructor(bulk: Bulk) {
    this.bulk = bulk;
    this.statement = bulk.db
      .select()
      .from(authors)
      .where(eq(authors.user, sql.placeholder('user')))
      .orderBy(desc(authors.id))
      .prepare();
  }

  /** @param user their key */
  of(user: number, { role, name, title, avatar }: Shown): AuthorRow {
    const key = JSON.stringify([user, role, name, title, avatar]);
    const known = this.kept.get(key);
    if (known !== undefined) return known;
    const same = this.statement
      .all({ user })
      .find((row) => row.role === role && row.name === name && row.title === title && row.avatar === avatar);
    const row = same ?? { id: this.bulk.nextId(), user, role, name, title, avatar };
    if (same === undefined) this.bulk.insert('authors', row);
    if (this.kept.size >= MAX_KEPT) this.kept.clear();
    this.kept.set(key, row);
    return row;
  }

  /** What was laid down last is taken back: nothing is known any more. */
  forget(): void {
    this.kept.clear();
  }
}
