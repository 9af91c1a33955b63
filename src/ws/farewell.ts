/** The end of the process, for its lines: everybody is told when to come back, and not everybody at once. */

/** Over how long the comings back are spread: the more lines, the longer. */
const SPREAD_MS_A_LINE = 1;
const MIN_SPREAD_MS = 1_000;
const MAX_SPREAD_MS = 20_000;
/** Whoever has not answered the close by then is cut. */
const CUT_AFTER_MS = 2_000;

/** A line that can be ended in order. */
export interface Endable {
  /** Takes nothing more, answers what was taken in, says `bye` and closes. */
  stop(retryMs: number): Promise<void>;
  /** Resolves when the other end is gone. */
  whenGone(): Promise<void>;
  cut(): void;
}

/**
 * Ends all lines with `bye`; resolves when they are gone.
 * @param random a number from 0 to 1
 */
export async function sayGoodbye(lines: ReadonlySet<Endable>, random: () => number): Promise<void> {
  const all = [...lines];
  const spread = Math.min(MAX_SPREAD_MS, Math.max(MIN_SPREAD_MS, all.length * SPREAD_MS_A_LINE));
  await Promise.all(all.map((line) => line.stop(Math.ceil(random() * spread))));
  const cut = setTimeout(() => {
    for (const line of lines) line.cut();
  }, CUT_AFTER_MS);
  await Promise.all(all.map((line) => line.whenGone()));
  clearTimeout(cut);
}
