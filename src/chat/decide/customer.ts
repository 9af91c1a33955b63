/** The customer of whom the team or the host begins a conversation. */
import type { UserRow } from '../../db/rows.ts';
import type { WorkingSet } from '../../db/working-set.ts';
import { Refusal } from '../../protocol/refusal.ts';
import { isTeam } from '../access.ts';

/** @param user who asks; null is the host's key */
export function customerNamed(set: WorkingSet, user: UserRow | null, uuid: string): UserRow {
  if (user !== null && !isTeam(user.role)) throw new Refusal('FORBIDDEN');
  const customer = set.usersByUuid.get(uuid);
  if (customer?.role !== 'user' || customer.erasedAt !== null || customer.mergedInto !== null) {
    throw new Refusal('NOT_FOUND');
  }
  return customer;
}
