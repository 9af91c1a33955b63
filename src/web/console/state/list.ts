/** The list of a view: its pages by cursor, kept up to date by events, which carry each conversation as it is. */
import { computed, effect, type ReadonlySignal, signal } from '@preact/signals';
import type { Conversation } from '../../../protocol/conversation.ts';
import { client, inboxChange, line, welcomes } from './desk.ts';
import { type Order, ordered } from './order.ts';
import { type View, viewOf } from './views.ts';

const PAGE = 100;
/** Those who wait are few, or something is very wrong. */
const MOST_WAITING = 1000;
const ORDER_KEY = 'parley.order';

export type List = {
  view: View;
  rows: ReadonlySignal<Conversation[]>;
  state: ReadonlySignal<'loading' | 'ready' | 'failed'>;
  /** Loads the next page, if there is one. */
  more(): void;
};

export const order = signal<Order>(localStorage.getItem(ORDER_KEY) === 'activity' ? 'activity' : 'waiting');

export function chooseOrder(next: Order): void {
  localStorage.setItem(ORDER_KEY, next);
  order.value = next;
}

const lists = new Map<string, List>();

export function listOf(viewId: string): List {
  const view = viewOf(viewId);
  const list = lists.get(view.id) ?? makeList(view);
  lists.set(view.id, list);
  return list;
}

function makeList(view: View): List {
  const state = signal<'loading' | 'ready' | 'failed'>('loading');
  /** Down to which activity nothing is missing: Infinity before the first page, null when all is there. */
  const frontier = signal<number | null>(Infinity);
  /** The last row of the last page. When it is forgotten, so was everything, and the list begins anew. */
  let lowest: string | undefined;
  let next: string | null | undefined;
  let under = false;

  async function load(): Promise<void> {
    if (under || next === null) return;
    under = true;
    const before = frontier.value;
    try {
      if (next === undefined && order.peek() === 'waiting') await loadWaiting();
      const query = { ...view.query, limit: PAGE, cursor: next };
      const page = await client().conversations.load(query);
      next = page.next;
      const last = page.items.at(-1);
      lowest = last?.id ?? lowest;
      frontier.value = next === null ? null : (last?.activity ?? before);
      state.value = 'ready';
    } catch {
      if (state.value === 'loading' && line.peek().name === 'online') state.value = 'failed';
    } finally {
      under = false;
    }
    // A page may be empty while there is more.
    if (next && frontier.value === before) await load();
  }

  async function loadWaiting(): Promise<void> {
    let cursor: string | undefined;
    for (let held = 0; held < MOST_WAITING; held += PAGE) {
      const query = { ...view.query, order: 'waiting', limit: PAGE, cursor };
      const page = await client().conversations.load(query);
      if (page.next === null) return;
      cursor = page.next;
    }
  }

  let seen = welcomes.peek();
  effect(() => {
    if (welcomes.value === seen) return;
    seen = welcomes.value;
    const forgotten = lowest !== undefined && client().conversations.get(lowest) === undefined;
    if (!forgotten && state.peek() === 'ready') return;
    next = undefined;
    frontier.value = Infinity;
    void load();
  });

  const rows = computed(() => {
    void inboxChange.value;
    const all = client().conversations.list().filter(view.has);
    return frontier.value === Infinity && state.value !== 'ready' ? [] : ordered(all, order.value, frontier.value);
  });

  void load();
  return { view, rows, state, more: () => void load() };
}
