/** Times as the page writes them. */
import { locale, t } from './words.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

const formats = new Map<string, Intl.DateTimeFormat>();

/** Making a format costs more than using it a hundred times. */
function format(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = JSON.stringify(options);
  const one = formats.get(key) ?? new Intl.DateTimeFormat(locale, options);
  formats.set(key, one);
  return one;
}

export function clockTime(at: string | number | Date, timeZone?: string): string {
  return format({ hour: '2-digit', minute: '2-digit', ...(timeZone ? { timeZone } : {}) }).format(new Date(at));
}

export function exactTime(at: string | number): string {
  return format({ dateStyle: 'medium', timeStyle: 'medium' }).format(new Date(at));
}

export function shortDay(at: string | number): string {
  return format({ day: 'numeric', month: 'short' }).format(new Date(at));
}

/** Whole days between two times by the calendar. */
function daysBetween(at: Date, now: Date): number {
  const start = (date: Date) => new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
  return Math.round((start(now) - start(at)) / DAY_MS);
}

/** In a list: the time today, the weekday within a week, the day before that. */
export function listTime(at: string | number, now: number): string {
  const date = new Date(at);
  const days = daysBetween(date, new Date(now));
  if (days <= 0) return clockTime(date);
  if (days < 7) return format({ weekday: 'short' }).format(date);
  const thisYear = date.getFullYear() === new Date(now).getFullYear();
  return thisYear ? shortDay(date.getTime()) : format({ dateStyle: 'short' }).format(date);
}

/** Above the messages of a day. */
export function dayName(at: string | number, now: number): string {
  const date = new Date(at);
  const days = daysBetween(date, new Date(now));
  if (days === 0) return t('today');
  if (days === 1) return t('yesterday');
  const year = date.getFullYear() === new Date(now).getFullYear() ? {} : ({ year: 'numeric' } as const);
  return format({ weekday: 'long', day: 'numeric', month: 'long', ...year }).format(date);
}

/** When something will be: `tomorrow, 09:00`. */
export function untilTime(at: string | number, now: number): string {
  const date = new Date(at);
  const days = -daysBetween(date, new Date(now));
  if (days === 0) return clockTime(date);
  const day = days === 1 ? t('tomorrow') : format({ weekday: 'long', day: 'numeric', month: 'short' }).format(date);
  return t('dayAndTime', { day, time: clockTime(date) });
}

/** How long somebody waits: seconds, minutes, hours, days. */
export function waitTime(ms: number): string {
  if (ms < MINUTE_MS) return t('seconds', { count: Math.max(0, Math.round(ms / 1000)) });
  if (ms < HOUR_MS) return t('minutes', { count: Math.floor(ms / MINUTE_MS) });
  if (ms < 2 * DAY_MS) return t('hours', { count: Math.floor(ms / HOUR_MS) });
  return t('days', { count: Math.floor(ms / DAY_MS) });
}

/** `late`: it is time; `urgent`: it is too late. */
export function urgencyOf(waitMs: number): 'fine' | 'late' | 'urgent' {
  if (waitMs >= 15 * MINUTE_MS) return 'urgent';
  return waitMs >= 5 * MINUTE_MS ? 'late' : 'fine';
}

export function fileSize(bytes: number): string {
  const [unit, value] =
    bytes < 1e6 ? ['kilobyte', bytes / 1e3] : bytes < 1e9 ? ['megabyte', bytes / 1e6] : ['gigabyte', bytes / 1e9];
  const maximumFractionDigits = value < 10 ? 1 : 0;
  return new Intl.NumberFormat(locale, { style: 'unit', unit, maximumFractionDigits }).format(value);
}
