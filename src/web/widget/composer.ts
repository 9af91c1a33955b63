/** Where one writes: grows to six lines, counts in code points, keeps a draft, takes files by button, paste and drop. */
import { alert, attach, send as sendIcon, smile } from '../ui/icon-paths.ts';
import { icon } from '../ui/svg.ts';
import type { Ctx } from './context.ts';
import { h } from './h.ts';

const GROWS_TO = 154;
/** From here to the end the count is said. */
const NEARLY = 0.9;

export type Composer = {
  readonly element: HTMLElement;
  readonly field: HTMLTextAreaElement;
  /** Puts text in, as a draft or for an edit. */
  fill(text: string): void;
  /** `waits`: it is not known yet where this goes. */
  update(state: { maxLength: number; room: boolean; blocked: boolean; waits: boolean; files: boolean }): void;
  readonly takesFiles: boolean;
  chooseFiles(): void;
};

export function createComposer(
  { t, times }: Ctx,
  options: {
    send(text: string, files: File[]): void;
    changed(text: string): void;
    /** Arrow up in an empty field. */
    editLast(): void;
    emoji(button: HTMLButtonElement): void;
  },
): Composer {
  let maxLength = Number.POSITIVE_INFINITY;
  const touch = matchMedia('(pointer: coarse)');
  const field = h('textarea', {
    rows: 1,
    dir: 'auto',
    'aria-label': t('write'),
    placeholder: t('write'),
    enterkeyhint: 'enter',
  });
  const input = h('input', { type: 'file', multiple: true, hidden: true, tabindex: -1, 'aria-hidden': true });
  const clip = h(
    'button',
    { type: 'button', class: 'tool', 'aria-label': t('attach'), onclick: () => input.click() },
    icon(attach),
  );
  const face = h(
    'button',
    {
      type: 'button',
      class: 'tool smile',
      'aria-label': t('emoji'),
      'aria-expanded': 'false',
      onclick: () => options.emoji(face),
    },
    icon(smile),
  );
  const button = h('button', { type: 'submit', class: 'send', 'aria-label': t('send') }, icon(sendIcon));
  const said = h('span');
  const problem = h('p', { class: 'problem', role: 'alert', hidden: true }, icon(alert), said);
  const element = h(
    'form',
    { class: 'composer' },
    h('div', { class: 'field' }, clip, input, field, face, button),
    problem,
  );

  const length = () => [...field.value.trim()].length;
  const over = () => length() - maxLength;

  /** Where the style alone does not make it grow. */
  function grow(): void {
    if (CSS.supports('field-sizing: content')) return;
    field.style.blockSize = 'auto';
    field.style.blockSize = `${Math.min(GROWS_TO, field.scrollHeight)}px`;
  }

  function look(): void {
    const many = over();
    const ready = length() > 0 && many <= 0;
    button.classList.toggle('ready', ready);
    button.setAttribute('aria-disabled', `${!ready}`);
    const near = length() > maxLength * NEARLY;
    problem.hidden = many <= 0;
    if (many > 0 && near) said.textContent = t('tooLong', { count: many, max: times.number(maxLength) });
    field.setAttribute('aria-invalid', `${many > 0}`);
  }

  function submit(): void {
    if (length() === 0 || over() > 0) return;
    const text = field.value.trim();
    field.value = '';
    grow();
    look();
    options.changed('');
    options.send(text, []);
  }

  const take = (files: FileList | null | undefined) => {
    if (files?.length) options.send('', [...files]);
  };

  field.addEventListener('input', () => {
    grow();
    look();
    options.changed(field.value);
  });
  field.addEventListener('keydown', (event) => {
    if (event.key === 'ArrowUp' && field.value === '') options.editLast();
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing || touch.matches) return;
    event.preventDefault();
    submit();
  });
  field.addEventListener('paste', (event) => {
    if (!clip.hidden && event.clipboardData?.files.length) {
      event.preventDefault();
      take(event.clipboardData.files);
    }
  });
  input.addEventListener('change', () => {
    take(input.files);
    input.value = '';
  });
  element.addEventListener('submit', (event) => {
    event.preventDefault();
    submit();
    field.focus();
  });

  return {
    element,
    field,
    fill(text) {
      field.value = text;
      grow();
      look();
    },
    update(state) {
      ({ maxLength } = state);
      const words = t(state.blocked ? 'blocked' : state.room ? 'writeRoom' : 'write');
      if (field.placeholder !== words) field.placeholder = field.ariaLabel = words;
      field.disabled = state.blocked || state.waits;
      clip.hidden = field.disabled || !state.files;
      face.hidden = field.disabled;
      look();
    },
    get takesFiles() {
      return !clip.hidden;
    },
    chooseFiles: () => input.click(),
  };
}
