/** The report as a table that others can read. */
import type { Report } from './report.ts';

const seconds = (ms: number | undefined) => (ms === undefined ? '' : Math.round(ms / 1000));

/** What begins like a formula stays text in a spreadsheet. */
function cell(value: string | number): string {
  const text = typeof value === 'number' ? String(value) : value.replace(/^[=+\-@\t\r]/, "'$&");
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

export function csvOf({ days, people }: Report): string {
  const rows: (string | number)[][] = [
    ['day', 'conversations', 'bot alone', 'first answer median (s)', 'first answer p90 (s)'],
    ...days.map(({ day, people: n, bots, median, p90 }) => [day, n + bots, bots, seconds(median), seconds(p90)]),
    [],
    ['person', 'closed', 'first answer median (s)', 'rating'],
    ...people.map(({ user, closed, firstMs, rating }) => [user.name ?? '', closed, seconds(firstMs), rating ?? '']),
  ];
  return rows.map((row) => row.map(cell).join(',')).join('\r\n');
}
