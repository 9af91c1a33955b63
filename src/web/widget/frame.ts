/** The elements of a panel, without what happens in them. */
import { close, more } from '../ui/icon-paths.ts';
import type { Ctx } from './context.ts';
import { h } from './h.ts';
import { tool } from './tool.ts';

export type Frame = {
  /** What is put into the page; its one child is the panel. */
  readonly element: HTMLElement;
  readonly section: HTMLElement;
  readonly menu: HTMLButtonElement;
  readonly welcome: HTMLElement;
  /** Above the composer. */
  readonly strip: HTMLElement;
  /** Says something once to who listens. */
  announce(text: string): void;
};

/** What was said is gone before somebody reads past it, and so that the same words are said again, ms. */
const SAID_MS = 5000;

/** @param inline in the page: a region of it, which nothing closes */
export function createFrame(
  { t }: Ctx,
  inline: boolean,
  inside: { header: HTMLElement; banner: HTMLElement; log: HTMLElement; composer: HTMLElement },
  does: { menu(): void; close(): void; dragged(): void; drop(files: File[]): void },
): Frame {
  const menu = tool(more, t('menu'), does.menu, { 'aria-haspopup': 'menu', 'aria-expanded': 'false' });
  const shut = !inline && tool(close, t('close'), does.close, { class: 'tool shut' });
  const welcome = h('div', { class: 'welcome' });
  const strip = h('div', { class: 'strip', hidden: true });
  const say = h('div', { class: 'sr', role: 'status', 'aria-live': 'polite' });
  let timer: ReturnType<typeof setTimeout> | undefined;
  const section = h(
    'section',
    { class: 'panel', role: inline ? 'region' : 'dialog', 'aria-label': t('team') },
    h('div', { class: 'header' }, inside.header, h('span', { class: 'bar' }, menu), shut),
    inside.banner,
    welcome,
    inside.log,
    strip,
    inside.composer,
    say,
  );
  section.addEventListener('dragover', (event) => {
    if (!event.dataTransfer?.types.includes('Files')) return;
    event.preventDefault();
    does.dragged();
  });
  section.addEventListener('drop', (event) => {
    if (!event.dataTransfer?.files.length) return;
    event.preventDefault();
    does.drop([...event.dataTransfer.files]);
  });
  return {
    element: h('div', { class: inline ? 'inline' : 'floating' }, section),
    section,
    menu,
    welcome,
    strip,
    announce(text) {
      say.textContent = text;
      clearTimeout(timer);
      timer = setTimeout(() => {
        say.textContent = '';
      }, SAID_MS);
    },
  };
}
