/** Keeps answers within their bytes: every page is bounded, and one row comes whatever its size. */
import { MAX_PAGE_BYTES } from '../../protocol/limits.ts';

/** What a page's rows may take; the rest is for the answer around them. */
export const PAGE_BUDGET = MAX_PAGE_BYTES - 1024;

/** The size of a value in an answer, in bytes of UTF-8, with the comma behind it. */
export function bytesOf(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value)) + 1;
}

/** How many of `items`, from the first on, fit into `budget` bytes; at least one. */
export function fitting(items: readonly unknown[], budget: number): number {
  let left = budget;
  const end = items.findIndex((item) => {
    left -= bytesOf(item);
    return left < 0;
  });
  return end === -1 ? items.length : Math.max(end, 1);
}

/**
 * The run of `items` around the one at `anchor` that fits into `budget` bytes, that one in any case: it grows to both
 * sides in turn, so that nothing is missing inside it.
 *
 * @param extra bytes that each item takes elsewhere in the answer
 */
export function fittingAround<T>(items: T[], anchor: number, budget: number, extra = 0): T[] {
  if (bytesOf(items) + items.length * extra <= budget) return items;
  const sizes = items.map((item) => bytesOf(item) + extra);
  const { from, to } = fittingRun(sizes, anchor, budget);
  return items.slice(from, to + 1);
}

/** As `fittingAround`, of sizes alone: the first and the last index of the run. */
export function fittingRun(sizes: readonly number[], anchor: number, budget: number): { from: number; to: number } {
  let left = budget - (sizes[anchor] ?? 0);
  const take = (index: number): boolean => {
    const size = sizes[index];
    if (size === undefined || size > left) return false;
    left -= size;
    return true;
  };
  let [from, to] = [anchor, anchor];
  let [down, up] = [true, true];
  while (down || up) {
    down = down && take(from - 1);
    if (down) from -= 1;
    up = up && take(to + 1);
    if (up) to += 1;
  }
  return { from, to };
}
