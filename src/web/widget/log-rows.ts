/** The rows of the log: what was said, who is typing, and what stands at its end. */
import type { Conversation } from '../../protocol/conversation.ts';
import type { Message } from '../../protocol/message.ts';
import type { OutboxItem } from '../sdk/outbox-item.ts';
import { avatar } from './avatar.ts';
import type { Ctx } from './context.ts';
import { h } from './h.ts';
import type { LogRow } from './log.ts';
import { type Handling, hasFiles, messageNode, partOf } from './message.ts';
import { type MessageRow, rowsOf } from './rows.ts';
import { statusOfItem, statusOfMessage } from './status.ts';

export type LogState = {
  current: Conversation | undefined;
  messages: readonly Message[];
  items: readonly OutboxItem[];
  unreadFrom: number | undefined;
  /** What stands at the end, by its name. */
  cards: ReadonlyMap<string, HTMLElement>;
  /** For quick replies. */
  send(text: string): void;
};

export function logRows(ctx: Ctx, handling: Handling, state: LogState): LogRow[] {
  const { messages, items, unreadFrom, cards } = state;
  const { t, times, client } = ctx;
  const now = new Date();
  const rows = rowsOf(messages, items, client?.user?.id, unreadFrom).map((row): LogRow => {
    const { key, type } = row;
    if (type === 'message') return messageRow(ctx, handling, state, row, now);
    const line = (text: string, look = '', more = {}) => ({
      key,
      signature: text,
      make: () => h('div', { class: `day ${look}`, dir: 'auto' }, text),
      ...more,
    });
    if (type === 'day') return line(times.day(row.at, now));
    if (type === 'time') return line(times.time(row.at));
    if (type === 'unread') return { key, signature: '', make: () => h('div', { class: 'unread' }, t('new')) };
    const { message } = row;
    const ofRoom = state.current?.kind === 'room' && handling.late.get('people')?.cameOrWent(ctx, message);
    return line(ofRoom || (message.content ?? ''), 'event', { seq: message.seq });
  });
  rows.push(...typingRows(ctx, state), ...endRows(ctx, handling, state));
  for (const [name, node] of cards) rows.push({ key: `card ${name}`, signature: node, make: () => node });
  return rows;
}

function messageRow(ctx: Ctx, handling: Handling, state: LogState, row: MessageRow, now: Date): LogRow {
  const { current, items } = state;
  const { key, message, item, newestOwn, joined, last } = row;
  const { late, files } = handling;
  const behind = items.find(({ id }) => id !== item?.id);
  const status = item
    ? statusOfItem(ctx, item, behind, now.getTime(), handling)
    : newestOwn && message
      ? statusOfMessage(ctx, current, message, late)
      : undefined;
  const { rev, deletedAt, ai = false, seq } = message ?? {};
  const content = (message ? message.content : item?.draft.content) ?? '';
  // Made anew when what it needs has come.
  const needed = [partOf(content, ai), hasFiles(row, files) && 'files'] as const;
  const parts = needed.map((one) => one && late.get(one) && one);
  return {
    key,
    seq,
    growing: message?.state === 'streaming' ? (message?.content ?? '') : undefined,
    signature: [rev, message?.state, deletedAt, item?.state, item?.progress, joined, last, status?.text, ...parts].join(
      '|',
    ),
    make: () => messageNode(ctx, row, status, handling),
  };
}

function typingRows({ client, boot, t }: Ctx, { current }: LogState): LogRow[] {
  const typists = (current && client?.typists(current.id)) || [];
  return typists.map(({ user }) => ({
    key: `typing ${user.id}`,
    signature: '',
    make: () =>
      h(
        'div',
        { class: 'm typing', role: 'img', 'aria-label': t('typing', { name: user.name ?? t('team') }) },
        avatar(boot.url, user, 30),
        h('div', { class: 'line' }, h('div', { class: 'bubble' }, h('i'), h('i'), h('i'))),
      ),
  }));
}

/** That it is closed; or what a bot offers as answers. */
function endRows(ctx: Ctx, { late }: Handling, { current, messages, items, send }: LogState): LogRow[] {
  if (current?.status === 'closed') return late.get('trouble')?.closedRows(ctx, current) ?? [];
  const last = messages.findLast(({ kind }) => kind !== 'system');
  const isAsked = last?.quickReplies?.length && !items.length;
  return (isAsked && late.get('bot')?.replyRows(ctx, last, send)) || [];
}
