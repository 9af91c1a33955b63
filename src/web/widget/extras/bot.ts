/** What only bots write: Markdown, quick replies, and answers that can be stopped while they grow. */
import type { Message } from '../../../protocol/message.ts';
import { stop as stopIcon } from '../../ui/icon-paths.ts';
import type { Ctx } from '../context.ts';
import type { LogRow } from '../log.ts';

export { markdown as textNodes } from '../../ui/markdown.ts';

/** What the customer can say stands on the customer's side. */
export function replyRows(
  { t, kit: { h } }: Ctx,
  { id, quickReplies = [] }: Message,
  send: (text: string) => void,
): LogRow[] {
  const buttons = (quickReplies ?? []).map((reply) =>
    h('button', { type: 'button', class: 'pill', dir: 'auto', onclick: () => send(reply) }, reply),
  );
  const make = () => h('div', { class: 'replies', role: 'group', 'aria-label': t('write') }, ...buttons);
  return [{ key: 'replies', signature: id, make }];
}

export function stopButton({ t, client, kit: { h, icon } }: Ctx, { conversationId, id }: Message): HTMLElement {
  const stop = () => void client?.stop(conversationId, id).catch(() => {});
  return h('button', { type: 'button', class: 'stop', onclick: stop }, icon(stopIcon, 16), t('stop'));
}

/** Below an answer that has no proper end. */
export function endedNode({ t, kit: { h } }: Ctx, state: Message['state'] | undefined): HTMLElement | undefined {
  if (state !== 'stopped' && state !== 'interrupted') return undefined;
  return h('div', { class: 'state' }, t(state === 'stopped' ? 'stopped' : 'broken'));
}
