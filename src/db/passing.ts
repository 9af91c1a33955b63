/**
 * What is kept for minutes and may be lost when all stops: secrets that are good once, and counts of tries. It holds for all
 * servers that share a store.
 */
import type { Maybe } from './questions.ts';

/** Of one kind. Values are JSON. */
export interface Passing<T> {
  /** Keeps `value` as `key` until `endsAt`, ms. */
  put(key: string, value: T, endsAt: number): Maybe<void>;
  /** Undefined: it is not there, or over. */
  look(key: string): Maybe<T | undefined>;
  /** The same, this once: of all who take it, at whichever server, one is given it. */
  take(key: string): Maybe<T | undefined>;
  /** One more of `key`; they are counted anew `withinMs` after the first. */
  count(key: string, withinMs: number): Maybe<Counted>;
  forget(key: string): Maybe<void>;
}

export interface Counted {
  /** With this one. */
  count: number;
  /** When they are counted anew, ms. */
  endsAt: number;
}

/** Of each kind in memory: what is oldest goes first, for strangers can ask for some. */
const KEPT = 20_000;

/** Of a server whose store is its alone. */
export class PassingInMemory<T> implements Passing<T> {
  // All of a kind live equally long: the first ones in are the first to end.
  private readonly kept = new Map<string, { value: T | undefined; count: number; endsAt: number }>();
  private readonly now: () => number;

  /** @param now wall clock, ms */
  constructor(now: () => number) {
    this.now = now;
  }

  put(key: string, value: T, endsAt: number): void {
    this.keep(key, { value, count: 0, endsAt });
  }

  look(key: string): T | undefined {
    return this.living(key)?.value;
  }

  take(key: string): T | undefined {
    const value = this.look(key);
    this.forget(key);
    return value;
  }

  count(key: string, withinMs: number): Counted {
    const counted = this.living(key) ?? { value: undefined, count: 0, endsAt: this.now() + withinMs };
    counted.count += 1;
    if (counted.count === 1) this.keep(key, counted);
    return { count: counted.count, endsAt: counted.endsAt };
  }

  forget(key: string): void {
    this.kept.delete(key);
  }

  private living(key: string) {
    const found = this.kept.get(key);
    return found === undefined || found.endsAt <= this.now() ? undefined : found;
  }

  private keep(key: string, one: { value: T | undefined; count: number; endsAt: number }): void {
    for (const [oldest, { endsAt }] of this.kept) {
      if (endsAt > this.now() && this.kept.size < KEPT) break;
      this.kept.delete(oldest);
    }
    this.kept.delete(key);
    this.kept.set(key, one);
  }
}
