/** The menu of a conversation. */
import { bell, clock, download, plus, user, users } from '../../ui/icon-paths.ts';
import type { PanelParts } from '../parts.ts';
import { saveTranscript } from './shared/transcript.ts';

const SOUND = 'parley.widget.sound';

export function openMenu(parts: PanelParts, button: HTMLButtonElement): void {
  const { ctx, panel, root } = parts;
  const { t, client, storage, kit } = ctx;
  const { h, icon } = kit;
  const current = panel.conversation;

  function close(): void {
    menu.remove();
    button.ariaExpanded = 'false';
    parts.popup(undefined);
    root.removeEventListener('pointerdown', outside, true);
  }
  const outside = (event: Event) => {
    if (!menu.contains(event.target as Node) && !button.contains(event.target as Node)) close();
  };
  const item = (path: string, words: string, run: () => void) =>
    h(
      'button',
      {
        type: 'button',
        role: 'menuitem',
        tabindex: -1,
        onclick: () => {
          close();
          button.focus();
          run();
        },
      },
      icon(path),
      words,
    );
  const loud = storage.get(SOUND) === 'on';
  const sound = h(
    'button',
    {
      type: 'button',
      role: 'menuitemcheckbox',
      'aria-checked': `${loud}`,
      tabindex: -1,
      onclick: () => {
        const on = sound.ariaChecked !== 'true';
        sound.ariaChecked = `${on}`;
        storage.set(SOUND, on ? 'on' : 'off');
      },
    },
    icon(bell),
    t('sound'),
    h('i', { class: 'switch' }),
  );
  const support = current?.kind === 'support';
  const items = [
    support &&
      current.assignee?.role === 'bot' &&
      current.status === 'open' &&
      item(users, t('human'), () => void client?.handover(current.id).catch(() => parts.announce(t('wrong')))),
    support && item(plus, t('newConversation'), () => panel.choose(undefined)),
    support &&
      item(clock, t('earlier'), () =>
        parts.late.use(
          'earlier',
          ({ showEarlier }) => showEarlier(parts),
          () => parts.announce(t('wrong')),
        ),
      ),
    sound,
    current && item(download, t('download'), () => void saveTranscript(parts, current.id)),
    support && item(user, t('signOut'), () => ctx.logout()),
  ].filter((one): one is HTMLButtonElement => !!one);
  const menu = h('div', { class: 'menu', role: 'menu', 'aria-label': t('menu') }, ...items);

  menu.addEventListener('keydown', (event) => {
    const at = items.indexOf((root.getRootNode() as ShadowRoot).activeElement as HTMLButtonElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 }[event.key];
    if (event.key === 'Tab') close();
    if (to === undefined) return;
    event.preventDefault();
    items.at(to % items.length)?.focus();
  });
  root.addEventListener('pointerdown', outside, true);
  parts.popup(() => {
    close();
    button.focus();
  });
  button.ariaExpanded = 'true';
  root.append(menu);
  items[0]?.focus();
}
