/** Exponential back-off: doubling from the first pause up to a bound, a fifth of it by chance. */

const MAX_PAUSE_MS = 60 * 60 * 1000;
const CHANCE = 0.2;

/**
 * How long to wait after so many failures in a row (1 at least), in ms.
 *
 * @param random 0 to 1
 */
export function pauseAfter(failures: number, firstMs: number, random: () => number): number {
  const pause = Math.min(firstMs * 2 ** Math.min(failures - 1, 30), MAX_PAUSE_MS);
  return Math.round(pause * (1 - CHANCE / 2 + CHANCE * random()));
}
