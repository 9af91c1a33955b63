/**
 * What somebody who is half signed in has to bring back, to whichever server: a secret of one use for a few minutes, good for
 * one purpose and no session. A restart may cost those who are just signing in a second try.
 */
import type { Passing } from '../../db/passing.ts';
import { hashOf, newCredential } from './credential.ts';

export interface Challenges<T> {
  put(value: T): Promise<{ secret: string; expiresAt: number }>;
  /** What it stands for, and it is still good. */
  look(secret: string): Promise<T | undefined>;
  /** What it stands for, this once. */
  take(secret: string): Promise<T | undefined>;
}

/** @param lifeMs how long each is good */
export function createChallenges<T>(passing: Passing<T>, lifeMs: number, now: () => number): Challenges<T> {
  return {
    async put(value) {
      const secret = newCredential('challenge');
      const expiresAt = now() + lifeMs;
      await passing.put(hashOf(secret), value, expiresAt);
      return { secret, expiresAt };
    },
    look: async (secret) => passing.look(hashOf(secret)),
    take: async (secret) => passing.take(hashOf(secret)),
  };
}
