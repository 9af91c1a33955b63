/** Reports over a period, as the doors ask for them. */
import type { Readers } from '../db/readers.ts';
import { MAX_REPORT_DAYS, MAX_REPORT_HOURS_DAYS } from '../protocol/limits.ts';
import { misshapen } from '../protocol/refusal.ts';
import type { Report, ReportQuery } from '../protocol/report.ts';
import type { Caller } from './caller.ts';
import type { WrittenPage } from './readings/report.ts';
import { type Period, periodOf } from './readings/report-period.ts';
import type { SlowReadings } from './readings/slow-readings.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const USUAL_DAYS = 30;

/** @param now wall clock, ms */
export function createReports(slow: Readers<SlowReadings>, now: () => number) {
  /** Throws `VALIDATION` for a period that is none or too long, `FORBIDDEN` for who may not count. */
  return async (caller: Caller, query: ReportQuery): Promise<Report> => {
    const period = askedPeriod(query, now());
    const report = await slow.read('report', caller, period);
    let after: WrittenPage['next'] = null;
    do {
      const page: WrittenPage = await slow.read('reportWritten', caller, period, after);
      addWritten(report, page);
      after = page.next;
    } while (after !== null);
    return report;
  };
}

function askedPeriod({ from, to, by = 'day', timeZone = 'UTC' }: ReportQuery, now: number): Period {
  const end = to === undefined ? now : Date.parse(to);
  const begin = from === undefined ? end - USUAL_DAYS * DAY_MS : Date.parse(from);
  const most = by === 'hour' ? MAX_REPORT_HOURS_DAYS : MAX_REPORT_DAYS;
  if (!(begin < end && end - begin <= most * DAY_MS)) {
    throw misshapen('to', `must be after from, by ${most} days at most`);
  }
  return periodOf(begin, end, by === 'hour' ? HOUR_MS : DAY_MS, timeZone);
}

function addWritten(report: Report, { counts }: WrittenPage): void {
  for (const { step, hour, count, fromCustomers } of counts) {
    report.messages += count;
    const volume = report.volume[step] as Report['volume'][number];
    volume.messages += count;
    volume.fromCustomers += fromCustomers;
    const day = report.week[Math.floor(hour / 24)] as number[];
    day[hour % 24] = (day[hour % 24] as number) + fromCustomers;
  }
}
