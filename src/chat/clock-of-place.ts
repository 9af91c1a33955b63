/**
 * The clock of a place, as ms: what it is ahead of UTC by, and when it is changed.
 */

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

/** A stretch of time, ms, its end not in it, in which the clock of a place runs evenly. */
export interface Span {
  start: number;
  end: number;
  /** What the place's clock is ahead of UTC by, ms. */
  offset: number;
}

/** The time from `from` to `until` and a little more, day by day, cut where the place's clock is changed. */
export function* spans(timeZone: string, from: number, until: number): Generator<Span> {
  const offsetAt = offsetsOf(timeZone);
  let start = floor(from, MINUTE_MS);
  let offset = offsetAt(start);
  while (start < until) {
    const end = start + DAY_MS;
    const next = offsetAt(end);
    if (next === offset) yield { start, end, offset };
    else {
      const changed = changeBetween(offsetAt, start, end);
      yield { start, end: changed, offset };
      yield { start: changed, end, offset: next };
    }
    start = end;
    offset = next;
  }
}

/** The first minute at which the clock stands otherwise than at `from`. */
function changeBetween(offsetAt: (at: number) => number, from: number, to: number): number {
  const offset = offsetAt(from);
  let [before, after] = [from, to];
  while (after - before > MINUTE_MS) {
    const middle = floor((before + after) / 2, MINUTE_MS);
    if (offsetAt(middle) === offset) before = middle;
    else after = middle;
  }
  return after;
}

const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known !== undefined) return known;
  const made = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    dateStyle: 'short',
    timeStyle: 'medium',
    hourCycle: 'h23',
  });
  // One place has one team: another zone is a change of the settings.
  formats.clear();
  formats.set(timeZone, made);
  return made;
}

function offsetsOf(timeZone: string): (at: number) => number {
  const format = formatOf(timeZone);
  return (at) => {
    const parts = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
    return Date.UTC(year, month - 1, day, hour, minute, second) - floor(at, 1000);
  };
}

/** The multiple of a unit that is not above the value. */
export function floor(value: number, unit: number): number {
  return Math.floor(value / unit) * unit;
}
