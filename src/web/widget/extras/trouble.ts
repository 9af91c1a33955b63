/** What did not go as usual, and what is said of it. */
import type { Conversation } from '../../../protocol/conversation.ts';
import type { OutboxItem } from '../../sdk/outbox-item.ts';
import { alert, clock } from '../../ui/icon-paths.ts';
import { firstName } from '../../ui/person.ts';
import type { Key } from '../../ui/words/in-widget/more.ts';
import type { Ctx } from '../context.ts';
import type { LogRow } from '../log.ts';
import type { Handling } from '../message.ts';
import type { Status } from '../status.ts';

/** What another file may help against. */
const FILE = /^(TOO_LARGE|UNSUPPORTED_TYPE|ATTACHMENT_GONE)$/;

const REASONS: Partial<Record<string, Key>> = { INTERNAL: 'failed', BLOCKED: 'blocked', CLOSED: 'closedRoom' };

/** Why a message was not sent. */
function statusOfFailed(ctx: Ctx, { id, error }: OutboxItem, { late, act }: Handling): Status {
  const code = error?.code ?? '';
  const ofFile = FILE.test(code);
  const text = (ofFile && late.get('files')?.fileFailure(ctx, code)) || ctx.t(REASONS[code] ?? 'failedNetwork');
  const { t, kit } = ctx;
  const actions = ([ofFile ? 'another' : 'retry', 'discard'] as const).map((action) =>
    kit.h('button', { type: 'button', onclick: () => act(action, id) }, t(action)),
  );
  return { icon: alert, look: 'bad', text, actions };
}

/** When it goes on: too many messages of theirs, or too many new visitors from where they are. */
function statusOfLimited({ t }: Ctx, againAt: number, now: number): Status {
  return { icon: clock, text: t('fast', { count: Math.max(1, Math.ceil((againAt - now) / 1000)) }) };
}

/** What happened to a message on its way; undefined: nothing that is told. */
export function statusOfTrouble(ctx: Ctx, item: OutboxItem, now: number, handling: Handling): Status | undefined {
  if (item.state === 'failed') return statusOfFailed(ctx, item, handling);
  const line = ctx.client?.state;
  const ofLine = line && 'retryAt' in line ? line.retryAt : undefined;
  const againAt = item.error?.code === 'RATE_LIMITED' ? item.retryAt : ofLine;
  return againAt === undefined ? undefined : statusOfLimited(ctx, againAt, now);
}

/** That a conversation is closed, and by whom. */
function closedText({ t }: Ctx, { kind, assignee }: Conversation): string {
  if (kind !== 'support') return t('closedRoom');
  return assignee?.name ? t('closedBy', { name: firstName(assignee.name) }) : t('closed');
}

export function closedRows(ctx: Ctx, conversation: Conversation): LogRow[] {
  const text = closedText(ctx, conversation);
  return [{ key: 'closed', signature: text, make: () => ctx.kit.h('div', { class: 'day event' }, text) }];
}

/** Below the composer: how much too long it is. */
export function sayTooLong(
  { t, times, kit: { h, icon } }: Ctx,
  composer: HTMLElement,
  count: number,
  max: number,
): void {
  const former = composer.querySelector('.problem');
  const said = former ?? h('p', { class: 'problem', role: 'alert' }, icon(alert), h('span'));
  if (count <= 0) said.remove();
  else {
    if (!former) composer.append(said);
    said.lastElementChild?.replaceChildren(t('tooLong', { count, max: times.number(max) }));
  }
}
