/**
 * What the full-text index consists of: segments in levels, each level merged into one segment of the level above. The
 * engine notes that in one record (https://sqlite.org/src/file/ext/fts5/fts5_index.c, "Structure record"), which tells
 * what it would merge next and how much that is.
 */

/** Its key in the index's table. */
export const STRUCTURE_ID = 10;
const COOKIE_BYTES = 4;

interface Level {
  segments: number;
  /** Of its segments so many are being merged; 0: none. */
  merging: number;
  /** Of all its segments, 4 KiB each. */
  pages: number;
}

/** @param record as it stands in the table */
export function levelsOf(record: Uint8Array): Level[] {
  let at = COOKIE_BYTES;
  // SQLite's: seven bits a byte, the highest first (https://sqlite.org/fileformat2.html#varint). None here is that long
  // that its ninth byte has eight.
  const next = (): number => {
    let value = 0;
    for (;;) {
      const byte = record[at] ?? 0;
      at += 1;
      value = value * 128 + (byte & 0x7f);
      if (byte < 0x80) return value;
    }
  };
  const levels = next();
  next(); // segments in all
  next(); // how often it was written
  return Array.from({ length: levels }, () => {
    const level = { merging: next(), segments: next(), pages: 0 };
    for (let segment = 0; segment < level.segments; segment += 1) {
      next(); // its key
      const first = next();
      level.pages += next() - first + 1;
    }
    return level;
  });
}

/**
 * How many pages the level has that the engine's `merge` would take next, as it chooses: one that is being merged before
 * those above it, else the one of most segments.
 *
 * @param fewest segments that it merges (`usermerge`)
 * @returns null: none
 */
export function pagesOfNextMerge(levels: readonly Level[], fewest: number): number | null {
  let best: Level | null = null;
  let most = 0;
  for (const level of levels) {
    if (level.merging > 0) {
      if (level.merging > most) return level.pages;
      break;
    }
    if (level.segments > most) {
      best = level;
      most = level.segments;
    }
  }
  return best === null || most < fewest ? null : best.pages;
}
