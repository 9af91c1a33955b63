/** The newest unread message, shown beside the button. */
import type { Message } from '../../../protocol/message.ts';
import { close } from '../../ui/icon-paths.ts';
import type { Ctx } from '../context.ts';

const PEEKED = 'parley.widget.peeked';

/** @param key names the message: each is shown once, in all tabs */
export function showPeek(
  { t, boot, storage, kit: { h, icon, avatar } }: Ctx,
  beside: HTMLElement,
  key: string,
  author: Message['author'],
  text: string,
  open: () => void,
): void {
  if (storage.get(PEEKED) === key) return;
  try {
    storage.set(PEEKED, key);
  } catch {
    // Then once in this page.
  }
  const name = author?.name ?? boot.options().name ?? t('team');
  const peek = h(
    'div',
    { class: 'peek' },
    h(
      'button',
      { type: 'button', onclick: open },
      avatar(boot.url, { ...(author ?? {}), name }, 36),
      h('span', {}, h('b', { dir: 'auto' }, name), h('span', { dir: 'auto' }, text)),
    ),
    h(
      'button',
      { type: 'button', class: 'tool', 'aria-label': t('close'), onclick: () => peek.remove() },
      icon(close, 16),
    ),
  );
  beside.querySelector('.peek')?.remove();
  beside.append(peek);
}
