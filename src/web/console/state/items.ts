/** A conversation as it is read: both threads as one, by day and by author. Pure. */
import type { Message } from '../../../protocol/message.ts';
import type { Person } from '../../../protocol/person.ts';

export type Item =
  | { kind: 'day'; key: string; at: string }
  /** What is below has not been read. */
  | { kind: 'unread'; key: string }
  | { kind: 'group'; key: string; author: Person | null; messages: Message[] }
  | { kind: 'note'; key: string; message: Message }
  | { kind: 'event'; key: string; message: Message };

const GROUP_MS = 5 * 60_000;

/**
 * The customer's thread and its side as one: what was written beside stands behind the message that was newest then.
 * Of the side only what belongs to the messages that are held, unless they go back to the beginning.
 */
export function merged(thread: readonly Message[], side: readonly Message[]): Message[] {
  const from = thread[0]?.seq ?? 1;
  const all: Message[] = [];
  let next = 0;
  const until = (seq: number) => {
    for (let one = side[next]; one && (one.afterSeq ?? 0) < seq; one = side[++next]) {
      if (from === 1 || (one.afterSeq ?? 0) >= from) all.push(one);
    }
  };
  for (const message of thread) {
    until(message.seq);
    all.push(message);
  }
  until(Infinity);
  return all;
}

const dayOf = (message: Message) => new Date(message.createdAt).toDateString();

/**
 * @param messages in their order
 * @param unreadAfter the seq up to which was read when it was opened; undefined: all was
 */
export function itemsOf(messages: readonly Message[], unreadAfter: number | undefined): Item[] {
  const items: Item[] = [];
  let day = '';
  let divided = unreadAfter === undefined;
  for (const message of messages) {
    const isSide = message.afterSeq !== undefined;
    if (dayOf(message) !== day) {
      day = dayOf(message);
      items.push({ kind: 'day', key: `day-${day}`, at: message.createdAt });
    }
    const isFromCustomer = !isSide && message.author?.role === 'user';
    if (!divided && isFromCustomer && message.seq > (unreadAfter as number)) {
      divided = true;
      items.push({ kind: 'unread', key: 'unread' });
    }
    if (message.kind === 'system') items.push({ kind: 'event', key: message.id, message });
    else if (isSide) items.push({ kind: 'note', key: message.id, message });
    else {
      const last = items.at(-1);
      if (last?.kind === 'group' && goesWith(last, message)) last.messages.push(message);
      else items.push({ kind: 'group', key: message.id, author: message.author, messages: [message] });
    }
  }
  return items;
}

function goesWith(group: Extract<Item, { kind: 'group' }>, message: Message): boolean {
  const last = group.messages.at(-1) as Message;
  if (group.author?.id !== message.author?.id) return false;
  return Date.parse(message.createdAt) - Date.parse(last.createdAt) < GROUP_MS;
}
