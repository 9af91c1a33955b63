/**
 * A bot whose program fails again and again is not asked for a while: its customers hear the fallback at once instead
 * of waiting for the next failure. Then one turn tries; what it comes to decides.
 */
const FAILURES = 5;
const OPEN_MS = 30_000;

interface Record {
  failures: number;
  /** Until when nobody is asked; monotonic, ms. */
  openUntil: number;
}

export interface Breaker {
  /** Whether the bot may be asked now. */
  lets(bot: number): boolean;
  succeeded(bot: number): void;
  failed(bot: number): void;
}

/** @param clock monotonic, ms */
export function createBreaker(clock: () => number): Breaker {
  const records = new Map<number, Record>();
  return {
    lets(bot) {
      const record = records.get(bot);
      if (record === undefined || record.failures < FAILURES) return true;
      if (clock() < record.openUntil) return false;
      // The one that tries: others go on hearing no until it is known.
      record.openUntil = clock() + OPEN_MS;
      return true;
    },
    succeeded: (bot) => void records.delete(bot),
    failed(bot) {
      const record = records.get(bot) ?? { failures: 0, openUntil: 0 };
      record.failures += 1;
      if (record.failures >= FAILURES) record.openUntil = clock() + OPEN_MS;
      records.set(bot, record);
    },
  };
}
