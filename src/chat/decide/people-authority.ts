/** Who decides about other people: admins, the team where it blocks, and the host within its key's scopes. */
import type { UserRow } from '../../db/rows.ts';
import type { WorkingSet } from '../../db/working-set.ts';
import { Refusal } from '../../protocol/refusal.ts';
import { isTeam } from '../access.ts';
import type { By } from '../caller.ts';
import { askerOf } from './asker.ts';

/** What the asker may do here: `admins` too, or everybody else. */
export interface Authority {
  /** Null: the host, or the server itself. */
  user: UserRow | null;
  admins: boolean;
}

/** The authority of an admin, of a key with `scope`, or (null) of the server itself. */
export function authorityOf(set: WorkingSet, by: By | null, scope: string): Authority {
  if (by === null) return { user: null, admins: true };
  const user = askerOf(set, by);
  if (user === null) return { user, admins: keyMay(set, by, scope) };
  if (user.role !== 'admin') throw new Refusal('FORBIDDEN');
  return { user, admins: true };
}

/** Refuses without the scope. Only the scope of everything reaches admins, or a narrow key could make itself wide. */
function keyMay(set: WorkingSet, by: By, scope: string): boolean {
  const scopes = set.rows.apiKeys.get(by.key ?? -1)?.scopes ?? [];
  const all = scopes.includes('*');
  if (!all && !scopes.includes(scope)) throw new Refusal('FORBIDDEN');
  return all;
}

/** The user of that uuid for somebody who decides about users; for everybody else there is none. */
export function userToChange(
  set: WorkingSet,
  by: By | null,
  uuid: string,
): { target: UserRow; asker: UserRow | null; admins: boolean } {
  const asker = by === null ? null : askerOf(set, by);
  const admins = by === null || (asker === null ? keyMay(set, by, 'users') : asker.role === 'admin');
  const target = set.usersByUuid.get(uuid);
  if (asker !== null && !isTeam(asker.role)) throw new Refusal('NOT_FOUND');
  if (!target || target.erasedAt !== null || target.mergedInto !== null) throw new Refusal('NOT_FOUND');
  return { target, asker, admins };
}

/** Refuses to take the last one away who can administer. `admins` are the keys of all there were. */
export function checkAdminRemains(set: WorkingSet, target: UserRow, admins: readonly number[]): void {
  if (!isLastAdmin(set, target, admins)) return;
  throw new Refusal('FORBIDDEN', { message: 'This is the last admin: make another one first.' });
}

/** Whether nobody else could administer. `admins` are the keys of all there were. */
export function isLastAdmin(set: WorkingSet, target: UserRow, admins: readonly number[]): boolean {
  if (!administers(target)) return false;
  const others = admins.filter((id) => id !== target.id).map((id) => set.users.get(id));
  return !others.some((user) => user !== undefined && administers(user));
}

function administers(user: UserRow): boolean {
  return user.role === 'admin' && user.disabledAt === null && user.blockedAt === null && user.erasedAt === null;
}
