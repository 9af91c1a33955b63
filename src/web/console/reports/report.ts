/** What a report says, reckoned from conversations. Pure. */
import type { Conversation } from '../../../protocol/conversation.ts';
import type { Person } from '../../../protocol/person.ts';

export type Spread = { median: number; p90: number };

export type DayFigures = {
  /** `2026-11-28`, of the reader's calendar. */
  day: string;
  /** Conversations that began then: a person answered, or a bot alone until the end. */
  people: number;
  bots: number;
  /** Until the first answer, in milliseconds. */
  median: number | undefined;
  p90: number | undefined;
};

export type Report = {
  total: number;
  /** In the span of the same length before. */
  before: number;
  first: Spread | undefined;
  closing: Spread | undefined;
  /** How many gave 1, 2, 3, 4, 5. */
  ratings: number[];
  /** Of what was closed, the part that no person answered. */
  botAlone: number | undefined;
  days: DayFigures[];
  /** Begun by weekday (Monday first) and hour. */
  hours: number[][];
  people: { user: Person; closed: number; firstMs: number | undefined; rating: number | undefined }[];
};

export const DAY_MS = 86_400_000;

/** @param since the beginning of the first day, in milliseconds */
export function reportOf(
  all: readonly Conversation[],
  firstMs: ReadonlyMap<string, number>,
  since: number,
  span: number,
): Report {
  const begun = all.filter(({ createdAt }) => Date.parse(createdAt) >= since);
  const former = since - span * DAY_MS;
  const before = all.filter(({ createdAt }) => Date.parse(createdAt) >= former && Date.parse(createdAt) < since).length;
  const closed = all.filter(({ closedAt }) => closedAt !== null && Date.parse(closedAt) >= since);
  const rated = closed.filter(({ rating }) => rating);
  const hours = Array.from({ length: 7 }, () => new Array<number>(24).fill(0));
  for (const { createdAt } of begun) {
    const at = new Date(createdAt);
    const row = hours[(at.getDay() + 6) % 7] as number[];
    row[at.getHours()] = (row[at.getHours()] ?? 0) + 1;
  }
  return {
    total: begun.length,
    before,
    first: spreadOf(begun.flatMap(({ id }) => firstMs.get(id) ?? [])),
    closing: spreadOf(closed.map(({ createdAt, closedAt }) => Date.parse(closedAt as string) - Date.parse(createdAt))),
    ratings: [1, 2, 3, 4, 5].map((score) => rated.filter(({ rating }) => rating === score).length),
    botAlone: closed.length > 0 ? closed.filter(byBot).length / closed.length : undefined,
    days: daysOf(begun, firstMs, since, span),
    hours,
    people: peopleOf(closed, firstMs),
  };
}

const byBot = ({ assignee }: Conversation) => assignee?.role === 'bot';

function spreadOf(values: number[]): Spread | undefined {
  const sorted = values.sort((a, b) => a - b);
  const at = (part: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] as number;
  return sorted.length > 0 ? { median: at(0.5), p90: at(0.9) } : undefined;
}

function grouped<T>(all: readonly T[], keyOf: (one: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const one of all) groups.set(keyOf(one), [...(groups.get(keyOf(one)) ?? []), one]);
  return groups;
}

function dayOf(at: number): string {
  const date = new Date(at);
  const two = (n: number) => String(n).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

function daysOf(
  begun: readonly Conversation[],
  firstMs: ReadonlyMap<string, number>,
  since: number,
  span: number,
): DayFigures[] {
  const byDay = grouped(begun, ({ createdAt }) => dayOf(Date.parse(createdAt)));
  return Array.from({ length: span }, (_, at) => {
    // Noon: no change of the clock makes it another day.
    const day = dayOf(since + at * DAY_MS + DAY_MS / 2);
    const some = byDay.get(day) ?? [];
    const bots = some.filter((one) => one.status === 'closed' && byBot(one)).length;
    const spread = spreadOf(some.flatMap(({ id }) => firstMs.get(id) ?? []));
    return { day, people: some.length - bots, bots, median: spread?.median, p90: spread?.p90 };
  });
}

function peopleOf(closed: readonly Conversation[], firstMs: ReadonlyMap<string, number>): Report['people'] {
  const answered = closed.filter(({ assignee }) => assignee);
  const byPerson = grouped(answered, ({ assignee }) => (assignee as Person).id);
  const people = [...byPerson.values()].map((some) => {
    const ratings = some.flatMap(({ rating }) => rating ?? []);
    return {
      user: some[0]?.assignee as Person,
      closed: some.length,
      firstMs: spreadOf(some.flatMap(({ id }) => firstMs.get(id) ?? []))?.median,
      rating: ratings.length > 0 ? ratings.reduce((sum, n) => sum + n, 0) / ratings.length : undefined,
    };
  });
  return people.sort((a, b) => b.closed - a.closed);
}
