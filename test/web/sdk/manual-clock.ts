import type { Clock } from '../../../src/web/sdk/clock.ts';

/** A clock that a test moves. Chance is always the middle, unless the test says otherwise. */
export function manualClock(start = 1_700_000_000_000) {
  let now = start;
  let nextId = 0;
  const timers = new Map<number, { at: number; run: () => void }>();
  const clock: Clock & { chance: number } = {
    chance: 0.5,
    now: () => now,
    random: () => clock.chance,
    after(ms, run) {
      const id = nextId++;
      timers.set(id, { at: now + ms, run });
      return () => timers.delete(id);
    },
  };
  return {
    clock,
    /** Moves time on; what is due runs in its order, and what it promises is waited for. */
    async advance(ms: number): Promise<void> {
      const end = now + ms;
      for (;;) {
        await settled();
        const due = [...timers].filter(([, timer]) => timer.at <= end).sort((a, b) => a[1].at - b[1].at || a[0] - b[0]);
        const first = due[0];
        if (!first) break;
        timers.delete(first[0]);
        now = Math.max(now, first[1].at);
        first[1].run();
      }
      now = end;
    },
    waiting: () => timers.size,
  };
}

/** Waits until all promises that are settled have told those who wait for them. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
