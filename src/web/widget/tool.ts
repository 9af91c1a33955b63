import { h } from './h.ts';
import { icon } from './icon.ts';

/** A button that is an icon alone: its label says what it does. */
export function tool(
  path: string,
  label: string,
  onclick: () => void,
  given: Record<string, unknown> = {},
): HTMLButtonElement {
  return h('button', { type: 'button', class: 'tool', 'aria-label': label, onclick, ...given }, icon(path));
}
