/** Who asks, judged at the commit: somebody whom a change before this one blocked or signed out asks in vain. */
import type { UserRow } from '../../db/rows.ts';
import type { Want } from '../../db/want.ts';
import type { WorkingSet } from '../../db/working-set.ts';
import { Refusal } from '../../protocol/refusal.ts';
import type { Standing } from '../access.ts';
import type { By } from '../caller.ts';

export function wantAsker(by: By, want: Want): void {
  if (by.user !== null) want.authors(by.user);
  if (by.session !== null) want.row('sessions', by.session);
  if (by.key !== null) want.row('apiKeys', by.key);
}

/** The user who asks; null when the host does, by its key or its token. Refuses who may not command anything now. */
export function askerOf(set: WorkingSet, by: By): UserRow | null {
  if (by.user === null) {
    if (by.key !== null && !set.rows.apiKeys.get(by.key)) throw new Refusal('UNAUTHENTICATED');
    return null;
  }
  const user = set.users.get(by.user);
  if (user === undefined || user.disabledAt !== null || user.erasedAt !== null) throw new Refusal('UNAUTHENTICATED');
  if (user.mergedInto !== null) throw new Refusal('MERGED');
  if (by.session !== null) {
    const session = set.rows.sessions.get(by.session);
    if (!session || session.revokedAt !== null) throw new Refusal('UNAUTHENTICATED');
  }
  if (user.blockedAt !== null) throw new Refusal('BLOCKED');
  return user;
}

/** Like {@link askerOf} where a key may not ask. */
export function userAsking(set: WorkingSet, by: By): UserRow {
  const user = askerOf(set, by);
  if (user === null) throw new Refusal('FORBIDDEN');
  return user;
}

/** A key that may not read direct conversations is told of none, not even that it may not change it. */
export function checkKeyKnows(set: WorkingSet, { key }: By, { kind }: Standing): void {
  if (key === null || kind !== 'direct') return;
  const scopes = set.rows.apiKeys.get(key)?.scopes ?? [];
  if (!scopes.includes('*') && !scopes.includes('conversations:all')) throw new Refusal('NOT_FOUND');
}
