/**
 * What somebody who is half signed in has to bring back: a secret of one use for a few minutes, good for one purpose and
 * no session. In memory: a restart costs those who are just signing in a second try.
 */
import { hashOf, newCredential } from './credential.ts';

/** What is older goes first: strangers can ask for these. */
const KEPT = 10_000;

export interface Challenges<T> {
  put(value: T): { secret: string; expiresAt: number };
  /** What it stands for, and it is still good. */
  look(secret: string): T | undefined;
  /** What it stands for, this once. */
  take(secret: string): T | undefined;
}

/** @param lifeMs how long each is good */
export function createChallenges<T>(lifeMs: number, now: () => number): Challenges<T> {
  // All live equally long: the first ones in are the first to end.
  const kept = new Map<string, { value: T; expiresAt: number }>();

  function look(secret: string): T | undefined {
    const found = kept.get(hashOf(secret));
    return found === undefined || found.expiresAt <= now() ? undefined : found.value;
  }

  return {
    put(value) {
      for (const [hash, { expiresAt }] of kept) {
        if (expiresAt > now() && kept.size < KEPT) break;
        kept.delete(hash);
      }
      const secret = newCredential('challenge');
      const expiresAt = now() + lifeMs;
      kept.set(hashOf(secret), { value, expiresAt });
      return { secret, expiresAt };
    },
    look,
    take(secret) {
      const value = look(secret);
      kept.delete(hashOf(secret));
      return value;
    },
  };
}
