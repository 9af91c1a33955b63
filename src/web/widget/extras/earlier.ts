/** The conversations that somebody had before. */
import { back } from '../../ui/icon-paths.ts';
import type { PanelParts } from '../parts.ts';

export async function showEarlier(parts: PanelParts): Promise<void> {
  const { ctx, panel } = parts;
  const { t, times, client, boot, kit } = ctx;
  const { h, icon, avatar } = kit;
  if (!client) return;
  await client.conversations.load({ kind: 'support', limit: 50 }).catch(() => undefined);
  const all = client.conversations.list().filter(({ kind, last }) => kind === 'support' && last);
  const rows = all.map((one) => {
    const name = one.assignee?.name ?? boot.options().name ?? t('team');
    const open = () => {
      parts.cover(undefined);
      panel.choose(one.id);
      panel.focus();
    };
    return h(
      'li',
      {},
      h(
        'button',
        { type: 'button', onclick: open, 'aria-current': one.id === panel.conversation?.id },
        avatar(boot.url, { ...(one.assignee ?? {}), name }, 36),
        h(
          'span',
          { class: 'names' },
          h('b', { dir: 'auto' }, one.subject ?? name),
          h('p', { dir: 'auto' }, one.last?.text || t('file')),
        ),
        h('small', {}, one.last && times.day(new Date(one.last.at), new Date())),
      ),
    );
  });
  const leave = () => {
    parts.cover(undefined);
    panel.focus();
  };
  const node = h(
    'div',
    { class: 'cover' },
    h(
      'div',
      { class: 'top' },
      h('button', { type: 'button', class: 'tool flip', 'aria-label': t('back'), onclick: leave }, icon(back)),
      h('h2', { tabindex: -1 }, t('earlier')),
    ),
    h('ul', { class: 'earlier' }, ...rows),
  );
  parts.cover(node);
  node.querySelector('h2')?.focus();
}
