/** A user as they are while they write: found among their author rows, or made. */
import type { AuthorRow, UserRow } from '../../db/rows.ts';
import type { WorkingSet } from '../../db/working-set.ts';

/** @param title what the user is in this conversation; else the title of the user's own */
export function authorOf(set: WorkingSet, user: UserRow, title: string | null = null): AuthorRow {
  const as = { role: user.role, name: user.name, title: title ?? user.title, avatar: user.avatar };
  const known = set.authorsOf.get(user.id) ?? [];
  const same = known.find(
    (row) => row.name === as.name && row.role === as.role && row.title === as.title && row.avatar === as.avatar,
  );
  if (same !== undefined) return same;
  const made: AuthorRow = { id: set.nextId(), user: user.id, ...as };
  set.addAuthor(made);
  set.authorsOf.set(user.id, [made, ...known]);
  set.marked.authors.insert(made);
  return made;
}
