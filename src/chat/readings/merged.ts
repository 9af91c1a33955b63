/** Several ranges in the same order as one: what a list is read from, a batch at a time. */
import type { Place } from './list-candidates.ts';

/** At most `limit` rows behind `place`, in the order of the list. */
export type Range<Row> = (place: Place, limit: number) => Row[];

export interface Order<Row> {
  place(row: Row): Place;
  /** Negative when `a` comes first. */
  compare(a: Row, b: Row): number;
}

/** The largest batch: a range that finds little is read in few steps, and never far beyond what is looked at. */
const MAX_BATCH = 250;

/**
 * The rows of all ranges behind `from`, in order, each once.
 *
 * @param first how many rows to read of each range at first
 */
export function* merged<Row extends { id: number }>(
  ranges: readonly Range<Row>[],
  from: Place,
  first: number,
  order: Order<Row>,
): Generator<Row, void, undefined> {
  const heads = ranges.map((range) => ({ rows: read(range, from, first, order), row: null as Row | null }));
  const advance = (head: (typeof heads)[number]): void => {
    const { value, done } = head.rows.next();
    head.row = done === true ? null : value;
  };
  heads.forEach(advance);
  let last: number | null = null;
  for (;;) {
    let next: (typeof heads)[number] | null = null;
    for (const head of heads) {
      if (head.row !== null && (next?.row == null || order.compare(head.row, next.row) < 0)) next = head;
    }
    if (next?.row == null) return;
    const { row } = next;
    advance(next);
    if (row.id === last) continue;
    last = row.id;
    yield row;
  }
}

function* read<Row>(range: Range<Row>, from: Place, first: number, order: Order<Row>): Generator<Row, void, undefined> {
  let place = from;
  for (let limit = first; ; limit = MAX_BATCH) {
    const rows = range(place, limit);
    yield* rows;
    const last = rows.at(-1);
    if (last === undefined || rows.length < limit) return;
    place = order.place(last);
  }
}
