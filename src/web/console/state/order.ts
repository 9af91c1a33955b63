/** In which order conversations stand in a list, and how the list keeps still while somebody is at it. Pure. */
import type { Conversation } from '../../../protocol/conversation.ts';

export type Order = 'waiting' | 'activity';

/** Whose place in a list by `activity` comes first; as the server pages. */
function byActivity(a: Conversation, b: Conversation): number {
  return b.activity - a.activity || (a.id < b.id ? 1 : -1);
}

/** Who waits longest comes first, then the newest; what is snoozed comes last. */
function byWaiting(a: Conversation, b: Conversation): number {
  const late = Number(Boolean(a.team?.snoozedUntil)) - Number(Boolean(b.team?.snoozedUntil));
  if (late !== 0) return late;
  const [first, second] = [a.waiting ?? null, b.waiting ?? null];
  if (first !== null && second !== null) return first - second;
  if (first !== null) return -1;
  if (second !== null) return 1;
  return byActivity(a, b);
}

/**
 * Up to where a list is known without a hole. By `waiting` it is read in two parts: who waits, longest first (`waiting`:
 * the latest that was read; Infinity: all), then the rest, newest first (`activity`: the lowest that was read; null: all).
 */
export type Edges = { waiting: number; activity: number | null };

export function ordered(all: Conversation[], order: Order, { waiting, activity }: Edges): Conversation[] {
  const known = all.filter((one) => {
    if (order === 'waiting' && one.waiting) return one.waiting <= waiting;
    return waiting === Infinity && (activity === null || one.activity >= activity);
  });
  return known.sort(order === 'waiting' ? byWaiting : byActivity);
}

/**
 * The rows to show. While the list is held (a pointer is on it, keys move through it) every row keeps its place, also
 * one that no longer belongs here; what is new waits. The selected row stays until another is.
 *
 * @param before the rows as they stand
 * @param next the rows as they should
 * @param exists whether a row still has a conversation
 * @returns the rows, and how many wait to be let in
 */
export function settle(
  before: readonly string[],
  next: readonly string[],
  held: boolean,
  selected: string | undefined,
  exists: (id: string) => boolean,
): { rows: readonly string[]; waiting: number } {
  if (held && before.length > 0) {
    const shown = new Set(before);
    // What lies below all rows moves none of them: the next page, most of the time.
    const below = next.findLastIndex((id) => shown.has(id));
    const more = below < 0 ? [] : next.slice(below + 1);
    const rows = [...before.filter(exists), ...more];
    const all = new Set(rows);
    return { rows, waiting: next.filter((id) => !all.has(id)).length };
  }
  if (selected === undefined || next.includes(selected) || !exists(selected)) return { rows: next, waiting: 0 };
  const place = before.indexOf(selected);
  if (place < 0) return { rows: next, waiting: 0 };
  return { rows: [...next.slice(0, place), selected, ...next.slice(place)], waiting: 0 };
}
