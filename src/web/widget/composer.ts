/** Where one writes: grows to six lines, counts in code points, keeps a draft, takes files by button, paste and drop. */
import { attach, send as sendIcon, smile } from '../ui/icon-paths.ts';
import type { Ctx } from './context.ts';
import { h } from './h.ts';
import { tool } from './tool.ts';

const GROWS_TO = 154;

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
  { t }: Ctx,
  options: {
    send(text: string, files: File[]): void;
    changed(text: string): void;
    /** Arrow up in an empty field. */
    editLast(): void;
    emoji(button: HTMLButtonElement): void;
    /** So many characters are too many; 0 or less: no longer. */
    tooLong(many: number, max: number): void;
  },
): Composer {
  let maxLength = Number.POSITIVE_INFINITY;
  let wasOver = false;
  const touch = matchMedia('(pointer: coarse)');
  const field = h('textarea', {
    rows: 1,
    dir: 'auto',
    'aria-label': t('write'),
    placeholder: t('write'),
    enterkeyhint: 'enter',
  });
  const input = h('input', { type: 'file', multiple: true, hidden: true });
  const clip = tool(attach, t('attach'), () => input.click());
  const face = tool(smile, t('emoji'), () => options.emoji(face), { class: 'tool smile', 'aria-expanded': 'false' });
  const button = tool(sendIcon, t('send'), () => {}, { type: 'submit', class: 'send' });
  const element = h('form', { class: 'composer' }, h('div', { class: 'field' }, clip, input, field, face, button));

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
    if (many > 0 || wasOver) options.tooLong(many, maxLength);
    wasOver = many > 0;
    field.setAttribute('aria-invalid', `${wasOver}`);
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
