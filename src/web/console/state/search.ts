/** What is searched for, as the address has it, and what the server found: page by page, kept while it may be wanted. */
import { type Signal, signal } from '@preact/signals';
import type { Page } from '../../../protocol/catching-up.ts';
import type { SearchHit } from '../../../protocol/http-search.ts';
import type { Mark } from '../parts/marked.tsx';
import { client } from './desk.ts';

export type Wanted = {
  /** As somebody typed it. */
  q: string;
  /** An id; everybody's without. */
  author?: string;
  /** Within this one; everywhere without. */
  conversation?: string;
  /** Days of the reader's calendar: `2026-11-28`. Both are included. */
  from?: string;
  to?: string;
  order?: 'rank';
};

const PARTS = ['q', 'author', 'conversation', 'from', 'to', 'order'] as const;

/** The id of the view that shows it. */
export function searchView(wanted: Wanted): string {
  const params = new URLSearchParams();
  for (const part of PARTS) if (wanted[part]) params.set(part, wanted[part] as string);
  return params.size > 0 ? `search?${params}` : 'search';
}

export function wantedOf(view: string): Wanted {
  const params = new URLSearchParams(view.slice('search'.length));
  const given = PARTS.flatMap((part) => (params.get(part) ? [[part, params.get(part)]] : []));
  return { q: '', ...Object.fromEntries(given) };
}

/** Without one of its parts. */
export function without(wanted: Wanted, part: Exclude<keyof Wanted, 'q'>): Wanted {
  const { [part]: _, ...rest } = wanted;
  return rest;
}

/** The last word may be the beginning of one: somebody is still typing it. */
export function termsOf(words: string): string {
  return /[\p{L}\p{N}]{2}$/u.test(words) ? `${words}*` : words;
}

/** Midnight of a day, so many days later, as the server takes times; nothing for what is no day. */
function midnight(day: string | undefined, later = 0): string | undefined {
  const [year, month, date] = (day ?? '').split('-').map(Number);
  if (!year || !month || !date) return undefined;
  return new Date(year, month - 1, date + later).toISOString();
}

const PAGE = 30;
const KEPT = 10;

export type Search = {
  hits: Signal<readonly SearchHit[]>;
  state: Signal<'loading' | 'ready' | 'failed'>;
  /** Whether the server may have more. */
  isMore(): boolean;
  more(): void;
};

const searches = new Map<string, Search>();

/** The search of a view; one that was shown lately is still there. */
export function searchOf(view: string): Search {
  const search = searches.get(view) ?? makeSearch(wantedOf(view));
  searches.delete(view);
  searches.set(view, search);
  for (const old of [...searches.keys()].slice(0, -KEPT)) searches.delete(old);
  return search;
}

/** Forgets what was found: the same words are looked for anew. */
export function searchAgain(view: string): void {
  searches.delete(view);
}

function makeSearch({ q, author, conversation, from, to, order }: Wanted): Search {
  const hits = signal<readonly SearchHit[]>([]);
  const state = signal<'loading' | 'ready' | 'failed'>('loading');
  let next: string | null | undefined;

  async function load(): Promise<void> {
    state.value = 'loading';
    const query = {
      q: termsOf(q),
      author,
      conversation,
      from: midnight(from),
      to: midnight(to, 1),
      order,
      limit: PAGE,
    };
    try {
      // A page that is narrowed may be empty while there is more.
      do {
        const page = await find({ ...query, cursor: next ?? undefined });
        hits.value = [...hits.peek(), ...page.items];
        next = page.next;
      } while (next !== null && hits.peek().length === 0);
      state.value = 'ready';
    } catch {
      state.value = 'failed';
    }
  }

  if (q.trim()) void load();
  else {
    next = null;
    state.value = 'ready';
  }
  return {
    hits,
    state,
    isMore: () => next !== null,
    more() {
      if (state.peek() !== 'loading' && next !== null) void load();
    },
  };
}

export function find(query: Record<string, string | number | undefined>): Promise<Page<SearchHit>> {
  return client().http.json<Page<SearchHit>>('GET', '/v1/search', undefined, { query });
}

const asked = new Set<string>();

/** Loads a conversation in which something was found, once: the list of the inbox may not have brought it. */
export function wantConversation(id: string): void {
  if (asked.has(id) || client().conversations.get(id)) return;
  asked.add(id);
  client()
    .conversations.fetch(id)
    .catch(() => {})
    .finally(() => asked.delete(id));
}

/** Some words around the first find, and where in them the finds are. */
export function excerptOf(content: string, marks: readonly Mark[], length: number): { label: string; marks: Mark[] } {
  const lead = Math.floor(length / 3);
  const first = marks[0]?.[0] ?? 0;
  const from = first > lead ? content.lastIndexOf(' ', first - lead / 2) + 1 : 0;
  const dots = from > 0 ? '…' : '';
  const label = dots + content.slice(from, from + length).replaceAll('\n', ' ');
  const shifted = marks.map(([start, size]): Mark => [start - from + dots.length, size]);
  return { label, marks: shifted.filter(([start, size]) => start >= 0 && start + size <= label.length) };
}
