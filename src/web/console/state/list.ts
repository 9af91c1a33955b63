/** The list of a view: its pages by cursor, kept up to date by events, which carry each conversation as it is. */
import { computed, effect, type ReadonlySignal, signal } from '@preact/signals';
import type { Conversation } from '../../../protocol/conversation.ts';
import { client, everything, line, lineStands, welcomes } from './desk.ts';
import { type Edges, type Order, ordered } from './order.ts';
import { type View, viewOf } from './views.ts';

const PAGE = 100;
/** After which a page that did not come is asked for again. */
const AGAIN_MS = 2000;
/** So often in a row a list begins anew: somebody may lose what they see again and again. */
const MOST_STALE = 3;
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

const isGone = ({ id }: { id: string }) => client().conversations.get(id) === undefined;

const lists = new Map<string, List>();

/** The list of a view in the order that was chosen. */
export function listOf(viewId: string): List {
  const view = viewOf(viewId);
  const key = `${order.value} ${view.id}`;
  const list = lists.get(key) ?? makeList(view, order.value);
  lists.set(key, list);
  return list;
}

function beginning(by: Order): Edges {
  return { waiting: by === 'waiting' ? 0 : Infinity, activity: Infinity };
}

function makeList(view: View, by: Order): List {
  const state = signal<'loading' | 'ready' | 'failed'>('loading');
  const edges = signal<Edges>(beginning(by));
  /** What its pages gave. When any of it is forgotten, others may be too, and the list begins anew. */
  const given = new Set<string>();
  /** Of the part that is being read; null once all is there. */
  let next: string | null | undefined;
  let under = false;
  let beginnings = 0;
  let stale = 0;

  function begin(): void {
    beginnings++;
    given.clear();
    next = undefined;
    edges.value = beginning(by);
  }

  async function load(): Promise<void> {
    if (under || next === null) return;
    under = true;
    const before = edges.value;
    const mine = beginnings;
    let isStale = false;
    try {
      const readsWaiting = before.waiting !== Infinity;
      const part = readsWaiting ? { order: 'waiting' } : {};
      const page = await client().conversations.load({ ...view.query, ...part, limit: PAGE, cursor: next });
      const last = page.items.at(-1);
      // All may have been forgotten while it was on its way: then it was not taken, and is asked for again.
      const isLost = page.items.some(isGone);
      isStale = mine !== beginnings || (isLost && ++stale <= MOST_STALE);
      if (!isStale) {
        stale = 0;
        for (const { id } of page.items) given.add(id);
        if (readsWaiting) {
          const waiting = page.next === null ? Infinity : (last?.waiting ?? before.waiting);
          edges.value = { ...before, waiting };
          next = page.next ?? undefined;
        } else {
          edges.value = { ...before, activity: page.next === null ? null : (last?.activity ?? before.activity) };
          next = page.next;
        }
      }
    } catch {
      if (state.value === 'loading' && line.peek().name === 'online') state.value = 'failed';
      // Who scrolls on is not left before a list that seems to end.
      else setTimeout(() => void load(), AGAIN_MS);
      return;
    } finally {
      under = false;
    }
    if (isStale) return load();
    // Who waits is followed by the rest; a page may be empty while there is more.
    const { waiting, activity } = edges.value;
    const isShort = waiting === Infinity && activity === Infinity;
    if (isShort || (next && waiting === before.waiting && activity === before.activity)) await load();
    else state.value = 'ready';
  }

  let seen = welcomes.peek();
  effect(() => {
    if (welcomes.value === seen) return;
    seen = welcomes.value;
    const forgotten = [...given].some((id) => isGone({ id }));
    // A page that is on its way sees for itself whether it was taken.
    if (!forgotten && state.peek() !== 'failed') return;
    begin();
    void load();
  });

  const rows = computed(() => ordered(everything.value.filter(view.has), by, edges.value));
  let stands = false;
  void lineStands().then(() => {
    stands = true;
    return load();
  });
  return { view, rows, state, more: () => stands && void load() };
}
