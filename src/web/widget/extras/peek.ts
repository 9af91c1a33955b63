/** The newest unread message, shown beside the button. */
import type { Message } from '../../../protocol/message.ts';
import { close } from '../../ui/icon-paths.ts';
import type { Ctx } from '../context.ts';

export function peekNode(
  { t, boot, kit: { h, icon, avatar } }: Ctx,
  author: Message['author'],
  text: string,
  open: () => void,
  hide: () => void,
): HTMLElement {
  const name = author?.name ?? boot.options().name ?? t('team');
  return h(
    'div',
    { class: 'peek' },
    h(
      'button',
      { type: 'button', onclick: open },
      avatar(boot.url, { ...(author ?? {}), name }, 36),
      h('span', {}, h('b', { dir: 'auto' }, name), h('span', { dir: 'auto' }, text)),
    ),
    h('button', { type: 'button', class: 'tool', 'aria-label': t('close'), onclick: hide }, icon(close, 16)),
  );
}
