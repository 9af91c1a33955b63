/** A labelled field of a form, with its error in words. */
import { alert } from '../../../ui/icon-paths.ts';
import type { Kit } from '../../context.ts';

export type Field = {
  readonly element: HTMLElement;
  readonly input: HTMLInputElement;
  /** What is wrong with it, or nothing. */
  problem(text: string | undefined): void;
};

let count = 0;

export function field(
  { h, icon }: Kit,
  label: string,
  note: string | undefined,
  attributes: Record<string, unknown>,
): Field {
  const id = `f${++count}`;
  const input = h('input', { id, 'aria-describedby': `${id}p`, ...attributes });
  const words = h('span');
  const said = h('p', { class: 'problem', id: `${id}p`, role: 'alert', hidden: true }, icon(alert, 16), words);
  const element = h(
    'div',
    { class: 'asked' },
    h('label', { for: id }, label, note && h('small', {}, ` ${note}`)),
    input,
    said,
  );
  return {
    element,
    input,
    problem(text) {
      input.ariaInvalid = text ? 'true' : null;
      said.hidden = !text;
      words.textContent = text ?? '';
    },
  };
}

/** Whether it looks like an address that mail can reach. */
export function isEmail(text: string): boolean {
  return /^[^\s@]+@[^\s@]+\.[^\s@.]{2,}$/.test(text);
}
