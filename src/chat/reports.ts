/** Reports over a period, as the doors ask for them. */
import type { ReaderThreads } from '../db/reader-threads.ts';
import { MAX_REPORT_DAYS, MAX_REPORT_HOURS_DAYS } from '../protocol/limits.ts';
import { misshapen } from '../protocol/refusal.ts';
import type { Report, ReportQuery } from '../protocol/report.ts';
import type { Caller } from './caller.ts';
import type { Period } from './readings/report.ts';
import type { SlowReadings } from './readings/slow-readings.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const USUAL_DAYS = 30;

/** @param now wall clock, ms */
export function createReports(slow: ReaderThreads<SlowReadings>, now: () => number) {
  /** Throws `VALIDATION` for a period that is none or too long, `FORBIDDEN` for who may not count. */
  return async (caller: Caller, query: ReportQuery): Promise<Report> =>
    slow.read('report', caller, periodOf(query, now()));
}

function periodOf({ from, to, by = 'day', offset = 0 }: ReportQuery, now: number): Period {
  const end = to === undefined ? now : Date.parse(to);
  const begin = from === undefined ? end - USUAL_DAYS * DAY_MS : Date.parse(from);
  const most = by === 'hour' ? MAX_REPORT_HOURS_DAYS : MAX_REPORT_DAYS;
  if (!(begin < end && end - begin <= most * DAY_MS)) {
    throw misshapen('to', `must be after from, by ${most} days at most`);
  }
  return { from: begin, to: end, step: by === 'hour' ? HOUR_MS : DAY_MS, offset: offset * MINUTE_MS };
}
