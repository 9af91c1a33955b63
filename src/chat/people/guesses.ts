/** Short codes can be guessed by who asks from many addresses: wrong ones are counted by whose they would be. */
import { Refusal } from '../../protocol/refusal.ts';

/** So many wrong ones, and then none until the time is over: a thief of the password has an even chance after a year. */
const MOST_WRONG = 5;
const WITHIN_MS = 15 * 60 * 1000;
const KEPT = 10_000;

export type Guesses = ReturnType<typeof createGuesses>;

export function createGuesses(now: () => number) {
  const wrong = new Map<number, { count: number; since: number }>();
  return {
    /** Refuses another guess of somebody of whom too many were wrong. @param user the user's key */
    check(user: number): void {
      const found = wrong.get(user);
      if (found === undefined || found.count < MOST_WRONG) return;
      const retryMs = found.since + WITHIN_MS - now();
      if (retryMs > 0) throw new Refusal('RATE_LIMITED', { retryMs });
      wrong.delete(user);
    },
    wasWrong(user: number): void {
      const found = wrong.get(user);
      if (found !== undefined && now() - found.since < WITHIN_MS) found.count += 1;
      else {
        if (wrong.size >= KEPT) wrong.clear();
        wrong.set(user, { count: 1, since: now() });
      }
    },
    wasRight(user: number): void {
      wrong.delete(user);
    },
  };
}
