/**
 * When the team answers. Hours are said by the clock of a place: over a change of its clock a stretch lasts as long as
 * that clock says, and one that the clock skips does not happen.
 */
import type { Hours } from '../../protocol/hours.ts';
import { floor, spans } from '../clock-of-place.ts';

export interface Opening {
  open: boolean;
  /** When it opens next, ms; null while it is open, and when it never does. */
  opensAt: number | null;
}

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
/** Days after which every week has come round, whatever the clock did. */
const WEEK_AND_A_DAY = 8;

/** @param now ms */
export function openingAt(hours: Hours | null, now: number): Opening {
  if (hours === null) return { open: true, opensAt: null };
  const until = now + (WEEK_AND_A_DAY + hours.holidays.length) * DAY_MS;
  for (const [start, end] of stretches(hours, now, until)) {
    if (end > now) return start <= now ? { open: true, opensAt: null } : { open: false, opensAt: start };
  }
  return { open: false, opensAt: null };
}

/** The stretches in which it is open, from the day of `from` on, in their order; ms, the end not in it. */
function* stretches(hours: Hours, from: number, until: number): Generator<[start: number, end: number]> {
  const holidays = new Set(hours.holidays);
  for (const { start, end, offset } of spans(hours.timeZone, from, until)) {
    // Within a span the place's clock runs evenly, so that its days can be counted as if it were UTC.
    for (let day = floor(start + offset, DAY_MS); day < end + offset; day += DAY_MS) {
      if (holidays.has(new Date(day).toISOString().slice(0, 10))) continue;
      for (const [opens, closes] of openingsOn(hours, day)) {
        const cut: [number, number] = [Math.max(opens - offset, start), Math.min(closes - offset, end)];
        if (cut[0] < cut[1]) yield cut;
      }
    }
  }
}

function openingsOn({ week }: Hours, day: number): [opens: number, closes: number][] {
  const weekday = new Date(day).getUTCDay() || 7;
  return week
    .filter((opening) => opening.day === weekday)
    .map(({ from, to }): [number, number] => [day + msOf(from), day + msOf(to)])
    .toSorted(([a], [b]) => a - b);
}

/** 09:30 as ms of the day. */
function msOf(clock: string): number {
  const [hour = 0, minute = 0] = clock.split(':').map(Number);
  return (hour * 60 + minute) * MINUTE_MS;
}
