/** What is shown over a panel while a file is dragged over it. */
import { attach } from '../../ui/icon-paths.ts';
import { icon } from '../../ui/svg.ts';
import { h } from '../h.ts';
import type { PanelParts } from '../parts.ts';

/** Shows it until the file is dropped or carried away; what is dropped, the panel takes. */
export function showDrop({ ctx, root }: PanelParts): void {
  if (root.querySelector('.drop')) return;
  const over = h('div', { class: 'drop', 'aria-hidden': true }, h('p', {}, icon(attach, 28), ctx.t('drop')));
  for (const end of ['dragleave', 'drop']) over.addEventListener(end, () => over.remove());
  root.append(over);
}
