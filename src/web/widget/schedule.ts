import { pause } from './pause.ts';

/** What streams is drawn so often at most, ms. */
const SLOWEST_MS = 50;

/**
 * Draws soon, once for all that asked meanwhile. In a task of its own, and not with the frame: what the frame then lays
 * out and paints is a task as well.
 */
export function createSchedule(draw: () => void): { soon(): void; now(): void; stop(): void } {
  let scheduled = false;
  let stopped = false;
  let drawnAt = 0;
  function now(): void {
    scheduled = false;
    if (stopped) return;
    drawnAt = performance.now();
    draw();
  }
  return {
    now,
    soon() {
      if (scheduled || stopped) return;
      scheduled = true;
      const wait = SLOWEST_MS - (performance.now() - drawnAt);
      if (wait > 0) setTimeout(now, wait);
      else void pause().then(now);
    },
    stop() {
      stopped = true;
    },
  };
}
