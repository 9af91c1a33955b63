/** The code that a login asks for beside the password: taken once, whoever brings it again. */
import { Refusal } from '../../protocol/refusal.ts';
import type { SecondFactor } from '../people/totp-change.ts';
import type { Case } from './rule.ts';

/** Whether the user's password needs a code beside it. `totp` of the user must have been wanted. */
export function asksSecondFactor({ set }: Case, user: number): boolean {
  return set.rows.totp.get(user)?.confirmedAt != null;
}

/** Takes the code, this once; refuses one that was taken before, or that goes with another secret than the present one. */
export function useSecondFactor(
  given: Case,
  user: number,
  second: SecondFactor,
  code: 'UNAUTHENTICATED' | 'FORBIDDEN',
): void {
  const { set } = given;
  const row = set.rows.totp.get(user);
  if (!row || row.confirmedAt === null) throw wrongCode(code);
  if ('step' in second) {
    if (second.secret !== row.secret || second.step <= row.step) throw wrongCode(code);
    row.step = second.step;
  } else {
    if (!row.recovery.includes(second.recovery)) throw wrongCode(code);
    row.recovery = row.recovery.filter((hash) => hash !== second.recovery);
  }
  set.marked.totp.save(row);
}

export function removeTotp({ set }: Case, user: number): void {
  const row = set.rows.totp.get(user);
  if (!row) return;
  set.rows.totp.set(user, null);
  set.marked.totp.remove(row);
}

/** @param code 401 where the code signs in, 403 where somebody is signed in already */
export function wrongCode(code: 'UNAUTHENTICATED' | 'FORBIDDEN'): Refusal {
  return new Refusal(code, {
    message: 'This code is wrong, or was used before.',
    details: { path: 'code', rule: 'is wrong, or was used before' },
  });
}
