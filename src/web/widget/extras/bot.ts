/** What only bots write: Markdown, quick replies, and answers that can be stopped while they grow. */
import type { Message } from '../../../protocol/message.ts';
import { stop as stopIcon } from '../../ui/icon-paths.ts';
import type { Ctx } from '../context.ts';

export { markdown as textNodes } from '../../ui/markdown.ts';

/** What the customer can say stands on the customer's side. */
export function repliesNode(
  { t, kit: { h } }: Ctx,
  replies: readonly string[],
  send: (text: string) => void,
): HTMLElement {
  const buttons = replies.map((reply) =>
    h('button', { type: 'button', class: 'pill', dir: 'auto', onclick: () => send(reply) }, reply),
  );
  return h('div', { class: 'replies', role: 'group', 'aria-label': t('write') }, ...buttons);
}

export function stopButton({ t, client, kit: { h, icon } }: Ctx, { conversationId, id }: Message): HTMLElement {
  const stop = () => void client?.stop(conversationId, id).catch(() => {});
  return h('button', { type: 'button', class: 'stop', onclick: stop }, icon(stopIcon, 16), t('stop'));
}
