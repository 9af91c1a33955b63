/** Short codes can be guessed by who asks from many addresses: guesses are counted by whose code it would be. */
import type { Passing } from '../../db/passing.ts';
import { Refusal } from '../../protocol/refusal.ts';

/** So many wrong ones, and then none until the time is over: a thief of the password has an even chance after a year. */
const MOST_WRONG = 5;
const WITHIN_MS = 15 * 60 * 1000;

export type Guesses = ReturnType<typeof createGuesses>;

export function createGuesses(passing: Passing<never>, now: () => number) {
  return {
    /**
     * Counts a guess before anybody knows what it is worth, so that of those that are made at once, at whichever servers, no
     * more are looked at. Refuses it of somebody of whom too many were wrong. @param user the user's key
     */
    async begin(user: number): Promise<void> {
      const { count, endsAt } = await passing.count(String(user), WITHIN_MS);
      if (count > MOST_WRONG) throw new Refusal('RATE_LIMITED', { retryMs: Math.max(1, endsAt - now()) });
    },
    async wasRight(user: number): Promise<void> {
      await passing.forget(String(user));
    },
  };
}
