/** The button with its badge, the peek beside it, and the panel that it opens. */
import type { Message } from '../../protocol/message.ts';
import { down } from '../ui/icon-paths.ts';
import type { Ctx } from './context.ts';
import { h } from './h.ts';
import type { Late } from './late.ts';
import { PHONE } from './panel.ts';
import type { Panel } from './parts.ts';
import { pause } from './pause.ts';
import { createSchedule } from './schedule.ts';

/** As long as its style has it, less a frame: it is not to be seen again, ms. */
const CLOSING_MS = 150;

export type Floating = {
  open(): void;
  close(): void;
  toggle(): void;
  refresh(): void;
  /** Draws the button anew: options have changed. */
  look(): void;
  /** A message of another has come. */
  heard(message: Message): void;
  destroy(): void;
};

/** @param signal ends its listening to the page */
export function createFloating(ctx: Ctx, late: Late, panel: Panel, wrap: HTMLElement, signal: AbortSignal): Floating {
  const { t, boot, storage } = ctx;
  const { button, root, host, draw } = boot.floating;
  const phone = matchMedia(PHONE);
  const badge = h('span', { class: 'badge', 'aria-hidden': true, hidden: true });
  let open = false;
  let told = -1;
  let returnTo: HTMLElement | null = null;
  let closing = 0;
  let peeked = '';
  /** What stands before the page's own title. */
  let counted = '';
  button.append(badge);
  wrap.append(panel.element);
  panel.element.hidden = true;

  const unread = () => panel.conversation?.my?.unread ?? 0;

  function look(): void {
    const { launcher } = boot.options();
    button.hidden = launcher === 'hidden' || (open && phone.matches);
    draw(open ? down : undefined);
    button.append(badge);
    button.ariaExpanded = `${open}`;
  }

  function entitle(next: string): void {
    const title = next + document.title.replace(counted, '');
    if (document.title !== title) document.title = title;
    counted = next;
  }

  const drawing = createSchedule(() => {
    const count = unread();
    const away = !open || document.visibilityState === 'hidden';
    badge.hidden = open || count === 0;
    badge.textContent = count > 9 ? '9+' : `${count}`;
    button.ariaLabel = open ? t('close') : count ? t('openUnread', { count }) : t('open');
    entitle(away && count ? `(${count}) ` : '');
    // Somebody comes back to an answer that they have not seen.
    const { last, id, assignee } = panel.conversation ?? {};
    if (count && last && last.authorId !== ctx.client?.user?.id) {
      show(`${id} ${last.seq}`, assignee ?? null, last.text);
    }
    if (count === 0) hide();
  });

  function refresh(): void {
    const count = unread();
    if (count !== told) {
      told = count;
      ctx.emit('unread', count);
    }
    drawing.soon();
  }

  /** Once each; in all tabs, as its part knows. */
  function show(key: string, author: Message['author'], text: string): void {
    if (open || phone.matches || !text || peeked === key) return;
    peeked = key;
    late.use('peek', ({ showPeek }) => open || showPeek(ctx, wrap, key, author, text, openPanel));
  }

  const hide = () => wrap.querySelector('.peek')?.remove();

  /** On a phone the panel is all there is: the page behind it is out of reach, and the keyboard takes its own room. */
  function fit(): void {
    const covers = open && phone.matches;
    // Read before anything is changed: the page is laid out once.
    const { height, offsetTop } = visualViewport ?? {};
    document.body.inert = covers;
    panel.element.style.setProperty('--height', covers && height ? `${height}px` : '');
    panel.element.style.setProperty('--top', covers && height ? `${offsetTop}px` : '');
    const section = panel.element.firstElementChild as HTMLElement;
    section.ariaModal = covers ? 'true' : null;
    look();
  }
  phone.addEventListener('change', fit, { signal });
  for (const name of ['resize', 'scroll']) visualViewport?.addEventListener(name, fit, { signal });

  function openPanel(): void {
    if (open) {
      panel.focus();
      return;
    }
    open = true;
    clearTimeout(closing);
    returnTo = (root.activeElement ?? document.activeElement) as HTMLElement | null;
    hide();
    panel.element.classList.remove('closing');
    fit();
    // What it is around is laid out a frame later than it: each a task of its own.
    panel.element.classList.add('opening');
    panel.element.hidden = false;
    requestAnimationFrame(() => setTimeout(() => panel.element.classList.remove('opening')));
    panel.show(true);
    refresh();
    void pause().then(() => open && panel.focus());
    ctx.emit('open', true);
  }

  function closePanel(): void {
    if (!open) return;
    open = false;
    const inside = root.activeElement !== null;
    panel.element.classList.add('closing');
    const done = () => {
      panel.element.hidden = true;
    };
    closing = window.setTimeout(done, panel.element.getAnimations({ subtree: true }).length && CLOSING_MS);
    panel.show(false);
    fit();
    if (inside) (button.hidden ? returnTo : button)?.focus();
    refresh();
    ctx.emit('open', false);
  }

  const keys = (event: KeyboardEvent) => {
    if (event.key !== 'Escape' || !open || event.defaultPrevented) return;
    event.preventDefault();
    if (!panel.escape()) closePanel();
  };
  host.addEventListener('keydown', keys, { signal });
  look();

  return {
    open: openPanel,
    close: closePanel,
    toggle: () => (open ? closePanel() : openPanel()),
    refresh,
    look,
    heard({ conversationId, seq, author, content, attachments }) {
      show(`${conversationId} ${seq}`, author, content || (attachments[0]?.name ?? ''));
      if (boot.options().sound || storage.get('parley.widget.sound') === 'on') {
        if (!open || document.hidden) late.use('sound', ({ ring }) => ring());
      }
    },
    destroy() {
      closePanel();
      drawing.stop();
      clearTimeout(closing);
      entitle('');
      document.body.inert = false;
    },
  };
}
