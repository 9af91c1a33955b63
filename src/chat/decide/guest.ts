/** Somebody whom the host or a moderator puts into a room: known, or made on first sight by the host's id. */
import type { UserRow } from '../../db/rows.ts';
import type { Want } from '../../db/want.ts';
import { identityKey, type WorkingSet } from '../../db/working-set.ts';
import { Refusal } from '../../protocol/refusal.ts';
import type { Guest } from '../change.ts';
import { addUser, nameByHost } from './people-rows.ts';
import type { Case } from './rule.ts';

export function wantGuest(guest: Guest, want: Want): void {
  if ('uuid' in guest.user) want.userByUuid(guest.user.uuid);
  else want.identity('host', guest.user.externalId);
}

/**
 * Refuses a guest who is not there. Only the host and admins make whom the host has not named yet: a moderator, who may
 * be anybody, would else make users under names that the host means to give.
 *
 * @param by who brings the guest in; null: the host
 */
export function checkGuest(set: WorkingSet, { user }: Guest, by: UserRow | null): void {
  if ('uuid' in user) userOf(set, user.uuid);
  else if (by !== null && by.role !== 'admin' && knownGuest(set, user.externalId) === null) {
    throw new Refusal('NOT_FOUND');
  }
}

function knownGuest(set: WorkingSet, externalId: string): UserRow | null {
  return set.userOf(set.identities.get(identityKey('host', externalId))?.user);
}

function userOf(set: WorkingSet, uuid: string): UserRow {
  const user = set.usersByUuid.get(uuid);
  if (!user || user.erasedAt !== null || user.mergedInto !== null) {
    throw new Refusal('NOT_FOUND');
  }
  return user;
}

/** The guest's user, checked before; one named by the host's id is made when it is new. */
export function guestUser(given: Case, guest: Guest): UserRow {
  const { set } = given;
  if ('uuid' in guest.user) return userOf(set, guest.user.uuid);
  const { externalId } = guest.user;
  const known = knownGuest(set, externalId);
  if (known !== null) return known;
  const made = addUser(given, { anonymous: false, name: guest.name });
  nameByHost(given, made, externalId);
  return made;
}
