/**
 * Who hears what may be lost (typing, streamed text): the customer, both of a direct conversation, and the lines that
 * have the conversation before their eyes; never a whole inbox, for which it would be too much.
 */
import type { Hub } from '../../hub/hub.ts';
import type { Line } from '../../hub/line.ts';
import { mayRead, type Standing } from '../access.ts';

/** The lines that view it and may still read it. */
export function viewersOf(hub: Hub, standing: Standing): Line[] {
  const viewers = hub.viewersOf(standing.id);
  return viewers.size === 0 ? [] : [...viewers].filter((line) => readsIt(hub, line, standing));
}

/**
 * Each line once.
 *
 * @param readers keys of the two of a direct conversation
 */
export function earshot(hub: Hub, standing: Standing, readers: readonly number[]): Iterable<Line> {
  const viewers = viewersOf(hub, standing);
  const customers = standing.customer === null ? [] : hub.ofUser(standing.customer);
  if (standing.kind !== 'direct' && viewers.length === 0) return customers;
  const lines = new Set<Line>(viewers);
  addAll(lines, customers);
  if (standing.kind === 'direct') for (const user of readers) addAll(lines, hub.ofUser(user));
  return lines;
}

/** By whom the other servers tell whether anybody of theirs may be in earshot: what is judged then is read anew. */
export interface Around {
  conversation: number;
  /** Keys of those who hear it wherever they are: the customer, the two of a direct conversation. */
  users: readonly number[];
}

export function around(standing: Standing, readers: readonly number[]): Around {
  return { conversation: standing.id, users: standing.customer === null ? readers : [standing.customer, ...readers] };
}

/** Whether any line here may be in earshot. */
export function isNear(hub: Hub, { conversation, users }: Around): boolean {
  return hub.viewersOf(conversation).size > 0 || users.some((user) => hub.ofUser(user).length > 0);
}

/** The two of a direct conversation hear it by who they are, and nobody else ever came to view it. */
function readsIt(hub: Hub, line: Line, standing: Standing): boolean {
  const inside = standing.kind === 'direct' || hub.inRoom(standing.id).has(line);
  return mayRead({ id: line.user, role: line.role }, standing, inside);
}

function addAll(lines: Set<Line>, more: Iterable<Line>): void {
  for (const line of more) lines.add(line);
}
