/** How often one may send, and begin what others have to answer. */
import type { UserRow } from '../../db/rows.ts';
import { Refusal } from '../../protocol/refusal.ts';
import type { Case } from './rule.ts';

/** Refuses `change` past the user's rate. The host's keys and bots are not bound. */
export function checkRate({ limits, rates }: Case, user: UserRow | null, change: object): void {
  if (user === null || user.role === 'bot') return;
  const wait = rates.take(user.id, user.anonymous ? limits.visitorSends : limits.sends, change);
  if (wait > 0) throw new Refusal('RATE_LIMITED', { retryMs: wait });
}
