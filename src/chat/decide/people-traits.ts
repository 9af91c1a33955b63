/** What a user is, changed: an e-mail address and a host's id belong to one user only, a new role ends open lines. */
import type { UserRow } from '../../db/rows.ts';
import type { Want } from '../../db/want.ts';
import { identityKey, type WorkingSet } from '../../db/working-set.ts';
import { closeCodes } from '../../protocol/close-codes.ts';
import { Refusal } from '../../protocol/refusal.ts';
import type { Known, UserTraits } from '../people/people-change.ts';
import type { EvictPublication, Publication } from '../publication.ts';
import { nameByHost, tellMe } from './people-rows.ts';
import { signOut } from './people-sessions.ts';
import type { Case } from './rule.ts';

type LogsInBy = Pick<UserRow, 'role' | 'password' | 'email'>;

export function wantTraits(traits: UserTraits, known: Known | null, want: Want): void {
  const email = traits.email ?? known?.email ?? null;
  if (email !== null) want.userByEmail(email);
  if (known !== null) want.sessionsOf(known.id);
  if (traits.externalId !== undefined) want.identity('host', traits.externalId);
}

/** Only who can log in needs an address of their own: two visitors may well type the same one. */
function ownsEmail({ role, password, email }: LogsInBy): boolean {
  return email !== null && (password !== null || role !== 'user');
}

/** Whether `user` (null: one to be made), standing like `as`, may have that address. */
export function emailIsFree(set: WorkingSet, user: UserRow | null, as: LogsInBy): boolean {
  if (as.email === null || !ownsEmail(as)) return true;
  if (user !== null && ownsEmail(user) && user.email === as.email) return true;
  const holder = set.usersByEmail.get(as.email);
  if (holder === undefined) throw new Refusal('OVERLOADED', { message: 'Try again.', retryMs: 100 });
  return holder === null || holder.id === user?.id;
}

/** Refuses what is another's. Changes nothing. */
export function checkTraits(set: WorkingSet, user: UserRow | null, traits: UserTraits): void {
  const as = {
    role: traits.role ?? user?.role ?? 'user',
    password: traits.password ?? user?.password ?? null,
    email: traits.email ?? user?.email ?? null,
  };
  if (!emailIsFree(set, user, as)) inUse('email');
  if (traits.externalId === undefined) return;
  const identity = set.identities.get(identityKey('host', traits.externalId));
  if (identity && identity.user !== user?.id) inUse('externalId');
}

function inUse(path: string): never {
  throw new Refusal('IN_USE', { details: { path, rule: 'is taken already' } });
}

/** Sets role, password and address together, and keeps the set's knowledge of whose address it is. */
export function setLogin(given: Case, user: UserRow, to: Partial<LogsInBy>): void {
  const { set } = given;
  if (user.email !== null && set.usersByEmail.get(user.email)?.id === user.id) set.usersByEmail.set(user.email, null);
  Object.assign(user, to);
  if (user.email !== null && ownsEmail(user)) set.usersByEmail.set(user.email, user);
  set.marked.users.save(user);
}

/**
 * Makes the user what `traits` say, checked before. Gives what others are to hear of it.
 *
 * @param keep key of the session that a new password does not end: of one who sets their own
 */
export function applyTraits(given: Case, user: UserRow, traits: UserTraits, keep: number | null = null): Publication[] {
  const { at } = given;
  const { name, email, role, password, externalId, disabled } = traits;
  const formerRole = user.role;
  const formerly = JSON.stringify([user.name, user.email, given.set.externalIds.get(user.id)]);
  if (name !== undefined) user.name = name;
  setLogin(given, user, {
    ...(email === undefined ? {} : { email }),
    ...(role === undefined ? {} : { role }),
    ...(password === undefined ? {} : { password }),
  });
  if (externalId !== undefined) nameByHost(given, user, externalId);
  if (disabled === false) user.disabledAt = null;
  if (disabled === true && user.disabledAt === null) {
    user.disabledAt = at;
    signOut(given, user.id, null);
    return [endLines(user, closeCodes.SIGNED_OUT)];
  }
  const ended = password === undefined ? [] : signOut(given, user.id, keep);
  if (user.role !== formerRole) return [...ended, endLines(user, closeCodes.AUTH_CHANGED)];
  const changed = formerly !== JSON.stringify([user.name, user.email, given.set.externalIds.get(user.id)]);
  return changed ? [...ended, tellMe(given, user)] : ended;
}

/** Ends every line of the user. */
export function endLines(user: UserRow, code: number): EvictPublication {
  return { type: 'evict', user: user.id, sessions: null, code };
}
