/** That there is more below: for who reads above the end of a log. */
import { down } from '../../ui/icon-paths.ts';
import type { Ctx } from '../context.ts';

/**
 * @param above what it stands in, over the log
 * @param news how many messages have come meanwhile; undefined: the end is on the screen, and it goes
 */
export function drawPill(
  { t, kit: { h, icon } }: Ctx,
  above: HTMLElement,
  news: number | undefined,
  toEnd: () => void,
): void {
  above.querySelector('.news')?.remove();
  if (news === undefined) return;
  const words = news ? t('newMessages', { count: news }) : '';
  const label = news ? {} : { 'aria-label': t('toEnd') };
  const look = news ? 'news' : 'news bare';
  above.append(h('button', { type: 'button', class: look, ...label, onclick: toEnd }, icon(down), words));
}
