/** The list of a view: its name, its order, its rows. */
import { useEffect, useRef, useState } from 'preact/hooks';
import { Icon } from '../parts/icon.tsx';
import { Menu } from '../parts/menu.tsx';
import { chooseNone, choosing } from '../state/chosen.ts';
import { client, counts } from '../state/desk.ts';
import { chooseOrder, listOf, order } from '../state/list.ts';
import { movingByKeys, movingFreely } from '../state/moving.ts';
import { numberOf } from '../state/numbers.ts';
import { settle } from '../state/order.ts';
import { palette } from '../state/overlay.ts';
import { goToConversation } from '../state/route.ts';
import { t } from '../words.ts';
import { ManyBar } from './many-bar.tsx';
import { Rows } from './rows.tsx';

/** Rows of fill stand in for what is loaded, but not for what comes at once. */
const PATIENCE_MS = 300;

export function ListPane({ viewId, selected }: { viewId: string; selected: string | undefined }) {
  const list = listOf(viewId);
  const { view } = list;
  const [hovered, setHovered] = useState(false);
  const shown = useRef<readonly string[]>([]);
  const shownOrder = useRef(order.value);
  const [, redraw] = useState(0);

  const rows = list.rows.value;
  // Another order is one's own wish: nothing is held.
  const held = (hovered || movingByKeys.value) && !movingFreely.value && shownOrder.current === order.value;
  shownOrder.current = order.value;
  const settled = settle(
    shown.current,
    rows.map(({ id }) => id),
    held,
    selected,
    (id) => client().conversations.get(id) !== undefined,
  );
  shown.current = settled.rows;
  // What is chosen was chosen here.
  useEffect(() => chooseNone, []);
  const letIn = () => {
    shown.current = [];
    redraw((n) => n + 1);
  };

  const count = view.id in counts.value ? counts.value[view.id as keyof typeof counts.value] : numberOf(view.id);
  const state = list.state.value;
  return (
    <section class="pane list-pane" aria-labelledby="list-title">
      <header class="bar">
        <h1 id="list-title">
          {view.title} <span class="count">{count}</span>
        </h1>
        <button type="button" class="icon-button only-narrow" aria-label={t('search')} onClick={() => palette('')}>
          <Icon name="search" />
        </button>
        <Menu
          class="button quiet"
          align="end"
          label={`${t('order')}: ${t(order.value === 'waiting' ? 'longestWaiting' : 'newestFirst')}`}
          items={[
            ...(['waiting', 'activity'] as const).map((one) => ({
              label: t(one === 'waiting' ? 'longestWaiting' : 'newestFirst'),
              chosen: order.value === one,
              run: () => chooseOrder(one),
            })),
            'line',
            {
              label: t('chooseSeveral'),
              icon: 'checks',
              keys: 'X',
              run: () => {
                choosing.value = true;
              },
            },
          ]}
        >
          <span class="only-wide">{t(order.value === 'waiting' ? 'longestWaiting' : 'newestFirst')}</span>
          <span class="only-wide">
            <Icon name="down" size={16} />
          </span>
          <span class="only-narrow">
            <Icon name="sort" />
          </span>
        </Menu>
      </header>
      {settled.waiting > 0 ? (
        <button type="button" class="pill list-pill" onClick={letIn}>
          {t('moreConversations', { count: settled.waiting })}
        </button>
      ) : null}
      {state === 'failed' ? (
        <p class="list-note" role="alert">
          {t('noAnswer')}{' '}
          <button type="button" class="link" onClick={list.more}>
            {t('retry')}
          </button>
        </p>
      ) : null}
      {state === 'ready' && settled.rows.length === 0 ? <p class="list-note">{t('nothingHere')}</p> : null}
      {state === 'loading' && settled.rows.length === 0 ? <Loading /> : null}
      <div
        class="rows-hold"
        onPointerEnter={(event) => event.pointerType === 'mouse' && setHovered(true)}
        onPointerLeave={() => setHovered(false)}
      >
        <Rows ids={settled.rows} selected={selected} label={view.title} open={goToConversation} more={list.more} />
      </div>
      <ManyBar ids={settled.rows} />
    </section>
  );
}

function Loading() {
  const [late, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), PATIENCE_MS);
    return () => clearTimeout(timer);
  }, []);
  return (
    <div class="rows-loading" aria-busy="true" hidden={!late}>
      {[0, 1, 2, 3, 4, 5].map((row) => (
        <div key={row} class="row-loading" />
      ))}
    </div>
  );
}
