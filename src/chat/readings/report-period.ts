/** A report's period and how it is cut: steps by the clock of a place, so that a day there is a day here. */
import { floor, type Span, spans } from '../clock-of-place.ts';

/** A period in ms, its end not included. */
export interface Period {
  from: number;
  to: number;
  /** An hour or a day, ms. */
  step: number;
  /** The period, cut where the place's clock is changed. */
  spans: Span[];
  /** The steps in their order. One that the clock shows twice (an hour put back) is one; one that it skips is none. */
  steps: Step[];
}

export interface Step {
  /** What the clock of the place shows at its beginning, as ms as if it were UTC's: what the statements group by. */
  shown: number;
  /** When it begins, ms. */
  at: number;
}

const DAY_MS = 86_400_000;

/** @param timeZone a known one, such as Europe/Berlin */
export function periodOf(from: number, to: number, step: number, timeZone: string): Period {
  // A day earlier: when the first step began, the clock may have stood otherwise.
  const even = evenSpans(spans(timeZone, from - DAY_MS, to));
  const inside = even
    .map(({ start, end, offset }) => ({ start: Math.max(start, from), end: Math.min(end, to), offset }))
    .filter(({ start, end }) => start < end);
  const first = floor(from + (inside[0]?.offset ?? 0), step);
  const steps = new Map<number, number>();
  for (const [index, { start, end, offset }] of even.entries()) {
    for (let shown = floor(start + offset, step); shown < Math.min(end, to) + offset; shown += step) {
      const at = index === 0 ? shown - offset : Math.max(shown - offset, start);
      if (shown >= first && !steps.has(shown)) steps.set(shown, at);
    }
  }
  return { from, to, step, spans: inside, steps: [...steps].map(([shown, at]) => ({ shown, at })) };
}

/** Neighbours over which the clock was not changed, as one. */
function evenSpans(all: Iterable<Span>): Span[] {
  const even: Span[] = [];
  for (const span of all) {
    const last = even.at(-1);
    if (last?.offset === span.offset) last.end = span.end;
    else even.push({ ...span });
  }
  return even;
}
