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
 * @param frontier the lowest activity up to which the list is known without a hole; null: all of it
 */
export function ordered(all: Conversation[], order: Order, frontier: number | null): Conversation[] {
  const known = all.filter((one) => {
    if (frontier === null || one.activity >= frontier) return true;
    return order === 'waiting' && Boolean(one.waiting);
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
