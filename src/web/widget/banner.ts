/** What has to be known about the line, above everything else in the panel. */
import { clock } from '../ui/icon-paths.ts';
import type { Ctx } from './context.ts';
import { h } from './h.ts';
import { icon } from './icon.ts';

export function createBanner(): { element: HTMLElement; update(ctx: Ctx): void } {
  const element = h('div', { class: 'banner', role: 'status', hidden: true });
  return {
    element,
    update({ client, storage, t }) {
      const offline = !!client && (client.state.name === 'offline' || !navigator.onLine);
      const text = offline ? t('offline') : client && !storage.persistent ? t('private') : '';
      element.hidden = text === '';
      if (element.textContent === text) return;
      element.classList.toggle('amber', offline);
      element.replaceChildren(...(text ? [icon(clock, 18), h('span', {}, text)] : []));
    },
  };
}
