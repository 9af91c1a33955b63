/**
 * How long the pieces of a stream are gathered before they are looked at: a model gives forty words a second, and
 * nobody reads faster than this. The more bots write at once the longer, so that all together are looked at eight
 * hundred times a second.
 */
export const MIN_BREATH_MS = 50;
const MAX_BREATH_MS = 250;

/** @param writing how many bots write now */
export function breathMs(writing: number): number {
  return Math.min(Math.max(writing * 1.25, MIN_BREATH_MS), MAX_BREATH_MS);
}
