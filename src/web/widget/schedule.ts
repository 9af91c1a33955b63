/** What streams is drawn so often at most, ms. */
const SLOWEST_MS = 50;

/** Draws soon, once for all that asked meanwhile, with the next frame where there are frames. */
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
      // A hidden page has no frames.
      if (wait > 0 || document.hidden) setTimeout(now, Math.max(0, wait));
      else requestAnimationFrame(now);
    },
    stop() {
      stopped = true;
    },
  };
}
