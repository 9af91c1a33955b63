/** Reports as the server counts them (`GET /v1/reports`), by the reader's own days. */
import type { Report } from '../../../protocol/report.ts';
import { client } from '../state/desk.ts';

/** The last 24 hours by the hour, or so many days. */
export const SPANS = ['1', '7', '28', '90'] as const;
export type Span = (typeof SPANS)[number];

export type Loaded = {
  report: Report;
  by: 'hour' | 'day';
  /** Conversations begun in the span of the same length before. */
  before: number;
};

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

type Query = { from: string; to: string; by: 'hour' | 'day'; timeZone: string };

/** @param now in ms; whole days end with today, and 24 hours with this one */
function queryOf(span: Span, now: number): Query {
  const date = new Date(now);
  const from =
    span === '1'
      ? Math.floor(now / HOUR_MS) * HOUR_MS - 23 * HOUR_MS
      : new Date(date.getFullYear(), date.getMonth(), date.getDate() - Number(span) + 1).getTime();
  return {
    from: new Date(from).toISOString(),
    to: new Date(now).toISOString(),
    by: span === '1' ? 'hour' : 'day',
    timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
  };
}

/** Counting much takes long, and may have to wait for other readings (ms). */
const PATIENCE = { timeoutMs: 60_000 };

const ask = (query: Query) => client().http.json<Report>('GET', '/v1/reports', undefined, { query, ...PATIENCE });

export async function loadReport(span: Span): Promise<Loaded> {
  const query = queryOf(span, Date.now());
  const earlier = (time: string) => new Date(Date.parse(time) - Number(span) * DAY_MS).toISOString();
  const former = { ...query, from: earlier(query.from), to: earlier(query.to), by: 'day' as const };
  const [report, { begun }] = await Promise.all([ask(query), ask(former)]);
  return { report, by: query.by, before: begun };
}

/** The same as a table for a spreadsheet, as the server writes it. */
export async function reportAsCsv(span: Span): Promise<Blob> {
  const query = { ...queryOf(span, Date.now()), format: 'csv' };
  return (await client().http.open('/v1/reports', { query, ...PATIENCE })).blob();
}
