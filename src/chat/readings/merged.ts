/** Several ranges in the same order as one: what a list is read from, a batch at a time. */
import type { Place } from './list-candidates.ts';

type Maybe<T> = T | Promise<T>;

/** At most `limit` rows behind `place`, in the order of the list. */
export type Range<Row> = (place: Place, limit: number) => Maybe<Row[]>;

export interface Order<Row> {
  place(row: Row): Place;
  /** Negative when `a` comes first. */
  compare(a: Row, b: Row): number;
}

/** What was read of a range and not yet taken, and where the next batch begins. */
interface Head<Row> {
  range: Range<Row>;
  rows: Row[];
  next: number;
  place: Place;
  limit: number;
  /** There is nothing behind `rows`. */
  ended: boolean;
}

/** The largest batch: a range that finds little is read in few steps, and never far beyond what is looked at. */
const MAX_BATCH = 250;

/**
 * Gives what gives the next rows of all ranges behind `from`: in order, each once, as many as are known to come next; none
 * at the end.
 *
 * @param first how many rows to read of each range at first
 */
export function merged<Row extends { id: number }>(
  ranges: readonly Range<Row>[],
  from: Place,
  first: number,
  order: Order<Row>,
): () => Promise<Row[]> {
  const heads = ranges.map(
    (range): Head<Row> => ({ range, rows: [], next: 0, place: from, limit: first, ended: false }),
  );
  let last: number | null = null;

  async function read(head: Head<Row>): Promise<void> {
    const { range, place, limit } = head;
    head.rows = await range(place, limit);
    head.next = 0;
    head.ended = head.rows.length < limit;
    const end = head.rows.at(-1);
    if (end !== undefined) head.place = order.place(end);
    head.limit = MAX_BATCH;
  }

  /** The head whose row is the next; null: none has any, or it is not known of one whether it has. */
  function foremost(): Head<Row> | null {
    let found: Head<Row> | null = null;
    for (const head of heads) {
      const row = head.rows[head.next];
      if (row === undefined && !head.ended) return null;
      const best = found?.rows[found.next];
      if (row !== undefined && (best === undefined || order.compare(row, best) < 0)) found = head;
    }
    return found;
  }

  return async () => {
    const run: Row[] = [];
    while (run.length === 0) {
      const spent = heads.filter(({ rows, next, ended }) => next === rows.length && !ended);
      await Promise.all(spent.map(read));
      let head = foremost();
      if (head === null && spent.length === 0) break;
      for (; head !== null; head = foremost()) {
        const row = head.rows[head.next] as Row;
        head.next += 1;
        if (row.id !== last) run.push(row);
        last = row.id;
      }
    }
    return run;
  };
}
