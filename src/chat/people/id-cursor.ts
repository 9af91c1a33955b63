/** The place in a list that walks down its rows' keys, as text that means nothing to who gets it. */
import { misshapen } from '../../protocol/refusal.ts';

/** The key that a page begins below: above all when there is no cursor. */
export function readIdCursor(cursor: string | undefined): number {
  if (cursor === undefined) return Number.MAX_SAFE_INTEGER;
  const text = Buffer.from(cursor, 'base64url').toString();
  if (!/^\d{1,15}$/.test(text)) throw misshapen('cursor', 'must be the next of a page before');
  return Number(text);
}

/** A page of at most `limit` from one row more than that, and where the next one begins. */
export function pageOf<Row, T>(
  rows: readonly Row[],
  limit: number,
  keyOf: (row: Row) => number,
  show: (row: Row) => T,
): { items: T[]; next: string | null } {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const more = rows.length > limit && last !== undefined;
  return { items: shown.map(show), next: more ? Buffer.from(String(keyOf(last))).toString('base64url') : null };
}
