/** What stands in a panel before the first message. */
import { fwd } from '../ui/icon-paths.ts';
import { avatar } from './avatar.ts';
import type { Ctx } from './context.ts';
import { h } from './h.ts';
import { awayText, teamFaces } from './header.ts';
import { icon } from './icon.ts';
import type { Late } from './late.ts';
import type { Options } from './options.ts';

/** Fills the element with greeting, faces, whom one may choose and starters, when they are others than before. */
export function drawWelcome(
  ctx: Ctx,
  element: HTMLElement,
  { name, people, starters = [] }: Options,
  late: Late,
  send: (text: string) => void,
  choose: (userId: string | undefined) => void,
): void {
  const { boot, t, open } = ctx;
  const { offered } = boot.config;
  const choice = offered.length > 0 && late.get('offered');
  const now = JSON.stringify([name, people, starters, open, !!choice]);
  if (element.dataset.now === now) return;
  element.dataset.now = now;
  const rows = starters
    .slice(0, 4)
    .map((starter) =>
      h(
        'li',
        {},
        h(
          'button',
          { type: 'button', onclick: () => send(starter) },
          h('span', { dir: 'auto' }, starter),
          icon(fwd, 18),
        ),
      ),
    );
  element.replaceChildren(
    teamFaces(ctx, people, 44) || h('span', { class: 'faces' }, name !== undefined && avatar(boot.url, { name }, 44)),
    h('h1', { tabindex: -1, dir: 'auto' }, t('greeting')),
    h(
      'p',
      {},
      h('i', { class: open ? 'presence' : 'presence away' }),
      h('span', { dir: 'auto' }, open ? t('online') : awayText(ctx)),
    ),
  );
  if (choice) element.append(choice.offeredNode(ctx, offered, choose));
  if (rows.length) element.append(h('ul', { class: 'starters' }, ...rows));
}
