/** What the log shows, from top to bottom, as plain data: groups, days, the unread divider, what is on its way. */
import type { Message } from '../../protocol/message.ts';
import type { OutboxItem } from '../sdk/outbox-item.ts';
import { daysBetween } from '../ui/times.ts';

const GROUP_MS = 5 * 60_000;
const GAP_MS = 60 * 60_000;

export type MessageRow = {
  type: 'message';
  key: string;
  /** A stored message, or one on its way. */
  message: Message | undefined;
  item: OutboxItem | undefined;
  own: boolean;
  at: Date;
  /** Belongs to the one above: same author, within five minutes. */
  joined: boolean;
  /** The group's last: it carries the avatar. */
  last: boolean;
  /** Whether it is the last stored own message, which says how far it has come. */
  newestOwn: boolean;
};

export type Row =
  | MessageRow
  | { type: 'day'; key: string; at: Date }
  | { type: 'time'; key: string; at: Date }
  | { type: 'system'; key: string; message: Message }
  | { type: 'unread'; key: 'unread' };

/**
 * @param me who reads; undefined: whoever has not been known yet, whose own are only those on their way
 * @param unreadFrom the first seq that was not read when the log was opened
 */
export function rowsOf(
  messages: readonly Message[],
  items: readonly OutboxItem[],
  me: string | undefined,
  unreadFrom: number | undefined,
): Row[] {
  const rows: Row[] = [];
  const stored = new Set(messages.map(({ id }) => id));
  let former: MessageRow | undefined;
  let before: Date | undefined;
  let divided = false;
  let newestOwn: MessageRow | undefined;

  function add(author: string, row: Omit<MessageRow, 'type' | 'joined' | 'last' | 'newestOwn'>): void {
    const { at, key } = row;
    if (!before || daysBetween(before, at) !== 0) {
      rows.push({ type: 'day', key: `day ${key}`, at });
      former = undefined;
    } else if (at.getTime() - before.getTime() > GAP_MS) {
      rows.push({ type: 'time', key: `time ${key}`, at });
      former = undefined;
    }
    before = at;
    const same = former !== undefined && authorOf(former) === author;
    const joined = same && at.getTime() - (former as MessageRow).at.getTime() < GROUP_MS;
    if (joined && former) former.last = false;
    const made: MessageRow = { ...row, type: 'message', joined, last: true, newestOwn: false };
    rows.push(made);
    former = made;
  }
  const authorOf = ({ own, message }: MessageRow) => (own ? 'me' : (message?.author?.id ?? ''));

  for (const message of messages) {
    const own = me !== undefined && message.author?.id === me;
    if (!divided && unreadFrom !== undefined && message.seq >= unreadFrom && !own && message.kind !== 'system') {
      divided = true;
      rows.push({ type: 'unread', key: 'unread' });
      former = undefined;
    }
    if (message.kind === 'system') {
      rows.push({ type: 'system', key: message.id, message });
      former = undefined;
      continue;
    }
    const at = new Date(message.createdAt);
    add(own ? 'me' : (message.author?.id ?? ''), { key: message.id, message, item: undefined, own, at });
    if (own && !message.deletedAt) newestOwn = former;
  }
  if (newestOwn) newestOwn.newestOwn = true;
  for (const item of items) {
    if (stored.has(item.id)) continue;
    add('me', { key: item.id, message: undefined, item, own: true, at: new Date(item.createdAt) });
  }
  return rows;
}
