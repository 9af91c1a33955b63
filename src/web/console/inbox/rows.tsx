/** The rows of a list: all of one height, so that of ten thousand only those in sight are drawn. */
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { choosing, chosen } from '../state/chosen.ts';
import { client } from '../state/desk.ts';
import { shownRows } from '../state/moving.ts';
import { Row } from './row.tsx';

const ROW = 88;
/** Rows drawn beyond each edge. */
const BEYOND = 8;
/** So many rows before the end the next page is asked for. */
const AHEAD = 40;

type RowsProps = {
  ids: readonly string[];
  selected: string | undefined;
  label: string;
  open(id: string, how?: 'push' | 'replace'): void;
  more(): void;
};

export function Rows({ ids, selected, label, open, more }: RowsProps) {
  const box = useRef<HTMLDivElement>(null);
  const [[top, height], setSight] = useState<[number, number]>([0, 1000]);
  Object.assign(shownRows, { ids, selected, open });

  const look = () => {
    const element = box.current;
    if (!element) return;
    // Only what changes the drawn rows is worth drawing.
    const first = Math.floor(element.scrollTop / ROW) * ROW;
    setSight(([formerTop, formerHeight]) =>
      formerTop === first && formerHeight === element.clientHeight
        ? [formerTop, formerHeight]
        : [first, element.clientHeight],
    );
  };
  useLayoutEffect(() => {
    look();
    const observer = new ResizeObserver(look);
    observer.observe(box.current as Element);
    return () => observer.disconnect();
  }, []);

  // The selected row is in sight, whoever chose it.
  useLayoutEffect(() => {
    const element = box.current;
    const place = selected === undefined ? -1 : ids.indexOf(selected);
    if (!element || place < 0) return;
    const [above, below] = [place * ROW, (place + 1) * ROW];
    if (above < element.scrollTop) element.scrollTop = above;
    else if (below > element.scrollTop + element.clientHeight) element.scrollTop = below - element.clientHeight;
  }, [selected]);

  const from = Math.max(0, Math.floor(top / ROW) - BEYOND);
  const to = Math.min(ids.length, Math.ceil((top + height) / ROW) + BEYOND);
  useEffect(() => {
    if (to + AHEAD >= ids.length) more();
  }, [to, ids.length]);

  return (
    <div
      class={`rows${choosing.value || chosen.value.size > 0 ? ' choosing' : ''}`}
      id="list"
      ref={box}
      onScroll={look}
      tabIndex={ids.length > 0 ? -1 : 0}
    >
      <ul class="rows-all" aria-label={label} style={{ height: ids.length * ROW }}>
        {ids.slice(from, to).map((id, place) => {
          const conversation = client().conversations.get(id);
          if (!conversation) return null;
          return (
            <Row
              key={id}
              conversation={conversation}
              top={(from + place) * ROW}
              place={from + place + 1}
              total={ids.length}
              selected={id === selected}
              reachable={selected !== undefined && ids.includes(selected) ? id === selected : from + place === 0}
              isChosen={chosen.value.has(id)}
              open={open}
            />
          );
        })}
      </ul>
    </div>
  );
}
