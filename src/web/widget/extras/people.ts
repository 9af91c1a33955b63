/** Who is in a room. */

import type { Page } from '../../../protocol/catching-up.ts';
import type { Participant } from '../../../protocol/participant.ts';
import { back, users } from '../../ui/icon-paths.ts';
import type { Ctx } from '../context.ts';
import type { PanelParts } from '../parts.ts';

/** The button that shows them. */
export function dressButton({ t, kit: { icon } }: Ctx, button: HTMLButtonElement, count: number): void {
  button.ariaLabel = t('people', { count });
  if (!button.firstChild) button.append(icon(users));
}

export async function showPeople(parts: PanelParts): Promise<void> {
  const { ctx, panel } = parts;
  const { t, client, boot, kit } = ctx;
  const { h, icon, avatar } = kit;
  const id = panel.conversation?.id;
  if (!client || !id) return;
  let people: readonly Participant[] = client.conversations.participants(id);
  try {
    const path = `/v1/conversations/${encodeURIComponent(id)}/participants`;
    people = (await client.http.json<Page<Participant>>('GET', path)).items;
  } catch {
    // Those that are known.
  }
  const leave = () => {
    parts.cover(undefined);
    panel.focus();
  };
  const rows = people.map(({ user }) =>
    h(
      'li',
      { class: 'someone' },
      avatar(boot.url, user, 36),
      h(
        'span',
        { class: 'names' },
        h('b', { dir: 'auto' }, user.name ?? ''),
        user.title && h('p', { dir: 'auto' }, user.title),
      ),
    ),
  );
  const node = h(
    'div',
    { class: 'cover' },
    h(
      'div',
      { class: 'top' },
      h('button', { type: 'button', class: 'tool flip', 'aria-label': t('back'), onclick: leave }, icon(back)),
      h('h2', { tabindex: -1 }, t('people', { count: people.length })),
    ),
    h('ul', { class: 'earlier' }, ...rows),
  );
  parts.cover(node);
  node.querySelector('h2')?.focus();
}
