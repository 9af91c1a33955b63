/** The list of what a search found: words, what narrows it, the messages in which they stand. */
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { SearchHit } from '../../../protocol/http-search.ts';
import { Icon } from '../parts/icon.tsx';
import { Menu } from '../parts/menu.tsx';
import { shownRows } from '../state/moving.ts';
import { go, goToConversation } from '../state/route.ts';
import { searchAgain, searchOf, searchView, type Wanted, wantedOf, without } from '../state/search.ts';
import { t } from '../words.ts';
import { Filters, isNarrowed } from './filters.tsx';
import { Hit } from './hit.tsx';

/** Typing rests so long before the server is asked. */
const REST_MS = 250;
/** So near the end of the list, in px, the next page is asked for. */
const NEAR_END = 600;

type SearchProps = { viewId: string; conversation: string | undefined; message: string | undefined };

export function SearchPane({ viewId, conversation, message }: SearchProps) {
  const wanted = wantedOf(viewId);
  const [words, setWords] = useState(wanted.q);
  const [narrowing, setNarrowing] = useState(isNarrowed(wanted));
  const field = useRef<HTMLInputElement>(null);
  const list = useRef<HTMLDivElement>(null);
  const { hits, state, isMore, more } = searchOf(viewId);

  /** Looks for something else; what is open beside stays open. */
  const want = (next: Wanted) =>
    go({ name: 'inbox', view: searchView(next), conversation, message: conversation && message }, 'replace');
  useLayoutEffect(() => {
    if (!matchMedia('(pointer: coarse)').matches && !message) field.current?.focus();
  }, []);
  useEffect(() => {
    if (words.trim() === wanted.q) return;
    const timer = setTimeout(() => want({ ...wanted, q: words.trim() }), REST_MS);
    return () => clearTimeout(timer);
  }, [words, viewId]);
  // Words that came by the address, not by typing.
  useEffect(() => {
    if (document.activeElement !== field.current) setWords(wanted.q);
    list.current?.scrollTo(0, 0);
  }, [viewId]);

  // What was found before stays until there is an answer: the list does not come and go with each letter.
  const before = useRef<readonly SearchHit[]>([]);
  const isAwaited = state.value === 'loading' && hits.value.length === 0;
  const found = isAwaited ? before.current : hits.value;
  before.current = found;

  const open = (id: string, how?: 'push' | 'replace') => {
    const hit = found.find((one) => one.message.id === id);
    if (hit) goToConversation(hit.conversation.id, how, id);
  };
  Object.assign(shownRows, { ids: found.map((hit) => hit.message.id), selected: message, open });
  const isChosen = found.some((hit) => hit.message.id === message);
  const byRank = wanted.order === 'rank';

  const onSubmit = (event: Event) => {
    event.preventDefault();
    if (words.trim() === wanted.q) searchAgain(viewId);
    want({ ...wanted, q: words.trim() });
    list.current?.querySelector<HTMLElement>('.row-button')?.focus();
  };
  const onScroll = () => {
    const { scrollHeight, scrollTop, clientHeight } = list.current as HTMLElement;
    if (scrollHeight - scrollTop - clientHeight < NEAR_END) more();
  };
  return (
    <section class="pane list-pane search-pane" aria-labelledby="list-title">
      <header class="bar">
        <h1 id="list-title">{t('search')}</h1>
        <button
          type="button"
          class={`button quiet${isNarrowed(wanted) ? ' narrowed' : ''}`}
          aria-expanded={narrowing}
          aria-controls="search-filters"
          onClick={() => setNarrowing(!narrowing)}
        >
          {t('narrowDown')} <Icon name="down" size={16} />
        </button>
        <Menu
          class="icon-button"
          align="end"
          label={`${t('order')}: ${t(byRank ? 'bestFirst' : 'newestFirst')}`}
          items={[
            { label: t('newestFirst'), chosen: !byRank, run: () => want(without(wanted, 'order')) },
            { label: t('bestFirst'), chosen: byRank, run: () => want({ ...wanted, order: 'rank' }) },
          ]}
        >
          <Icon name="sort" />
        </Menu>
      </header>
      <search>
        <form class="search-form" onSubmit={onSubmit}>
          <span class="search-field">
            <Icon name="search" size={18} />
            <input
              ref={field}
              type="search"
              value={words}
              maxLength={500}
              aria-label={t('searchWords')}
              placeholder={t('searchWords')}
              autocomplete="off"
              spellcheck={false}
              onInput={(event) => setWords(event.currentTarget.value)}
              onKeyDown={(event) => {
                if (event.key !== 'ArrowDown') return;
                event.preventDefault();
                list.current?.querySelector<HTMLElement>('.row-button')?.focus();
              }}
            />
          </span>
          {narrowing ? <Filters wanted={wanted} want={want} /> : null}
        </form>
      </search>
      <div class="rows" id="list" ref={list} onScroll={onScroll}>
        <ul class="hits" aria-label={t('searchFound')} aria-busy={isAwaited}>
          {found.map((hit, place) => (
            <Hit
              key={hit.message.id}
              hit={hit}
              selected={hit.message.id === message}
              reachable={isChosen ? hit.message.id === message : place === 0}
              open={open}
            />
          ))}
        </ul>
        <p class="list-note" role="status">
          {noteOf(wanted.q, state.value, found.length, isMore())}
          {state.value === 'failed' ? (
            <button type="button" class="link" onClick={more}>
              {t('retry')}
            </button>
          ) : null}
        </p>
      </div>
    </section>
  );
}

function noteOf(q: string, state: 'loading' | 'ready' | 'failed', found: number, more: boolean): string {
  if (!q) return t('searchHow');
  if (state === 'failed') return `${t('noAnswer')} `;
  if (state === 'loading') return t('searching');
  return found === 0 ? t('nothingFound') : more ? '' : t('searchEnd', { count: found });
}
