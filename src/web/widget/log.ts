/**
 * The log: keeps its nodes while nothing of them changes, stays at the end when it is there, and else keeps what is read
 * where it is, whatever comes above or below.
 */
import type { Ctx } from './context.ts';
import { h } from './h.ts';
import { createSchedule } from './schedule.ts';

/** As near to the end counts as at the end, px. */
const PINNED = 40;
/** Older messages are asked for so long before the top is reached, px. */
const AHEAD = 400;

/** A row as the log takes it: made anew when its signature changes. */
export type LogRow = {
  key: string;
  signature: unknown;
  make(): HTMLElement;
  /** Text that grows: put into the node that is there. */
  growing?: string | undefined;
  /** A message's seq, for the read mark. */
  seq?: number | undefined;
};

export type Log = {
  readonly element: HTMLElement;
  update(rows: readonly LogRow[]): void;
  /** Whether the newest message is on the screen. */
  readonly pinned: boolean;
  /** With the next update it is at its end, wherever it was. */
  pin(): void;
  /** So that the row stands a third below the top. */
  toRow(key: string): void;
  /** The highest seq that is on the screen. */
  seen(): number;
  /** Another conversation: begins anew. */
  clear(): void;
  focusRow(key: string): void;
  destroy(): void;
};

export function createLog(
  { t, times }: Ctx,
  options: {
    older(): void;
    moved(): void;
    fill(element: HTMLElement, growing: string): void;
    /** To the next message, by the keys. */
    walk(rows: HTMLElement, from: HTMLElement, down: boolean): void;
    /** There is more below, so many of it new; undefined: no longer. */
    below(above: HTMLElement, news: number | undefined, toEnd: () => void): void;
  },
): Log {
  type Shown = { node: HTMLElement; signature: unknown; growing?: string | undefined; seq?: number | undefined };
  const shown = new Map<string, Shown>();
  const rows = h('div', { class: 'rows' });
  const log = h(
    'div',
    { class: 'log', role: 'log', 'aria-live': 'off', 'aria-label': t('conversation'), tabindex: 0 },
    rows,
  );
  const element = h('div', { class: 'scroll' }, log);
  let pinned = true;
  let news = 0;
  let first = true;
  let newest = 0;
  /** Where it was scrolled to when that was looked at last. */
  let scrolledTo = 0;

  const below = () => log.scrollHeight - log.scrollTop - log.clientHeight;

  function toEnd(): void {
    log.scrollTop = log.scrollHeight;
    scrolledTo = log.scrollTop;
  }

  /** Whoever is at the end is there until they scroll up, however much has come below since. */
  function isPinned(): boolean {
    const at = log.scrollTop;
    if (!pinned || at < scrolledTo) pinned = below() < PINNED;
    scrolledTo = at;
    return pinned;
  }

  let told: number | undefined;
  /** In a task of its own: to read where all is lays it out. */
  const settling = createSchedule(() => {
    if (isPinned()) news = 0;
    const rest = below();
    if (scrolledTo < AHEAD) options.older();
    options.moved();
    const more = pinned || (news === 0 && rest < log.clientHeight) ? undefined : news;
    if (told !== more) options.below(element, more, toEnd);
    told = more;
  });

  /** The first row that is on the screen, and where. */
  function anchor(): [HTMLElement, number] | undefined {
    const top = log.getBoundingClientRect().top;
    for (const { node } of shown.values()) {
      const box = node.getBoundingClientRect();
      if (box.bottom > top) return [node, box.top];
    }
    return undefined;
  }

  log.addEventListener('scroll', settling.soon, { passive: true });
  const grown = new ResizeObserver(() => {
    if (isPinned()) toEnd();
    settling.soon();
  });
  grown.observe(rows);
  grown.observe(log);

  log.addEventListener('keydown', (event) => {
    const { key } = event;
    const from = event.target as HTMLElement;
    if (!/^Arrow(Up|Down)$/.test(key) || from.matches('button, a')) return;
    event.preventDefault();
    options.walk(rows, from, key === 'ArrowDown');
  });
  // A touch shows a message's own time, as hovering does.
  rows.addEventListener('click', ({ target }) => (target as HTMLElement).closest('.m')?.classList.toggle('tapped'));

  // The day and time in full, for who points at a message: worded for each of them it would hold a slow phone up.
  rows.addEventListener('pointerover', ({ target }) => {
    const at = (target as HTMLElement).closest('.m')?.querySelector('time');
    if (at && !at.title) at.title = times.full(new Date(at.dateTime));
  });

  return {
    element,
    get pinned() {
      return pinned;
    },
    update(next) {
      const kept = pinned ? undefined : anchor();
      const keys = new Set(next.map(({ key }) => key));
      for (const [key, { node }] of shown) {
        if (keys.has(key)) continue;
        node.remove();
        shown.delete(key);
      }
      let before: HTMLElement | null = null;
      const order = new Map<string, Shown>();
      for (const row of next) {
        const { key, signature, growing, seq } = row;
        let one = shown.get(key);
        if (!one) {
          one = { node: row.make(), signature, growing, seq };
          // What was said before, and is drawn a piece later, is not.
          const isNew = !first && (seq === undefined || seq > newest);
          if (isNew && pinned && one.node.matches('.m')) one.node.classList.add('fresh');
          if (isNew && !pinned && seq && !one.node.matches('.own')) news++;
        } else if (one.signature !== signature) {
          const hadFocus = one.node.contains((one.node.getRootNode() as ShadowRoot).activeElement);
          const node = row.make();
          one.node.replaceWith(node);
          if (hadFocus) node.focus();
          one = { node, signature, growing, seq };
        } else if (one.growing !== growing) {
          const text = one.node.querySelector<HTMLElement>('.text');
          if (text) options.fill(text, growing ?? '');
          one.growing = growing;
        }
        const place: Node | null = before ? before.nextSibling : rows.firstChild;
        if (place !== one.node) rows.insertBefore(one.node, place);
        before = one.node;
        order.set(key, one);
      }
      shown.clear();
      for (const [key, one] of order) {
        shown.set(key, one);
        newest = Math.max(newest, one.seq ?? 0);
      }
      if (kept?.[0].isConnected) log.scrollTop += kept[0].getBoundingClientRect().top - kept[1];
      if (next.length) first = false;
      settling.soon();
    },
    pin() {
      pinned = true;
      scrolledTo = 0;
    },
    toRow(key) {
      const node = shown.get(key)?.node;
      if (!node) return;
      log.scrollTop += node.getBoundingClientRect().top - log.getBoundingClientRect().top - log.clientHeight / 3;
      pinned = false;
      settling.soon();
    },
    seen() {
      const { bottom, height } = log.getBoundingClientRect();
      if (height === 0) return 0;
      let highest = 0;
      for (const { node, seq } of shown.values()) {
        if (seq !== undefined && node.getBoundingClientRect().bottom <= bottom + PINNED)
          highest = Math.max(highest, seq);
      }
      return highest;
    },
    clear() {
      rows.replaceChildren();
      shown.clear();
      first = true;
      pinned = true;
      news = newest = scrolledTo = 0;
    },
    focusRow: (key) => shown.get(key)?.node.focus(),
    destroy() {
      grown.disconnect();
      settling.stop();
    },
  };
}
