/** The team's support conversations over a period, counted in SQL. Each statement goes by an index over the period. */
import type { Reader } from '../../db/open.ts';
import { Refusal } from '../../protocol/refusal.ts';
import type { Report } from '../../protocol/report.ts';
import { isTeam } from '../access.ts';
import { type Caller, hasScope } from '../caller.ts';
import { personOfUser, timeOf } from '../views.ts';
import type { Rows } from './rows.ts';

/** A period in ms, its end not included, and how it is cut. */
export interface Period {
  from: number;
  to: number;
  step: number;
  /** ms by which steps begin before those of UTC. */
  offset: number;
}

type Durations = Report['firstResponse'];
interface DurationRow {
  who: number | null;
  count: number;
  medianMs: number;
  p90Ms: number;
}

const begun = "kind = 'support' and created_at >= @from and created_at < @to";
const closed = "kind = 'support' and closed_at is not null and closed_at >= @from and closed_at < @to";
/** How long the customer's first message waited for a person; null when the team spoke first, or nobody answered. */
const answered = `max(0, first_response_at - (
  select messages.created_at from messages join authors on authors.id = messages.author
  where messages.conversation = conversations.id and messages.seq = 1 and authors.user = conversations.customer))`;
/** The driver hands numbers over as fractions: steps are whole. */
const [step, offset] = ['cast(@step as integer)', 'cast(@offset as integer)'];
const steps = (column: string) => `(${column} + ${offset}) / ${step} * ${step} - ${offset}`;

/** Median and ninth decile by nearest rank, in all (`who` is then null) or for each assignee. */
const durations = (ms: string, which: string, who: 'null' | 'assignee') => `
  with taken as (select ${who} as who, ${ms} as ms from conversations where ${which}),
  ranked as (
    select who, ms, row_number() over (partition by who order by ms) as place, count(*) over (partition by who) as count
    from taken where ms is not null)
  select who, count, max(case when place = (count + 1) / 2 then ms end) as medianMs,
    max(case when place = (9 * count + 9) / 10 then ms end) as p90Ms
  from ranked group by who`;

const STATEMENTS = {
  begunBySteps: `select ${steps('created_at')} as at, count(*) as count from conversations where ${begun} group by 1`,
  closedBySteps: `select ${steps('closed_at')} as at, count(*) as count from conversations where ${closed} group by 1`,
  responses: durations(answered, begun, 'null'),
  responsesByAssignee: durations(answered, begun, 'assignee'),
  resolutions: durations('max(0, closed_at - created_at)', closed, 'null'),
  resolutionsByAssignee: durations('max(0, closed_at - created_at)', closed, 'assignee'),
  begunByAssignee: `select assignee as who, count(*) as count, avg(rating) as rating from conversations
    where ${begun} group by assignee`,
  openByAssignee: `select assignee as who, count(*) as count from conversations
    where kind = 'support' and status = 'open' group by assignee`,
  waiting: 'select count(*) as count from conversations where waiting is not null',
  ratings: `select rating as score, count(*) as count from conversations where ${begun} and rating is not null
    group by rating order by rating`,
  bots: `select count(*) as answered, count(case when first_response_at is null then 1 end) as contained
    from conversations where ${begun} and exists (
      select 1 from messages where messages.conversation = conversations.id and messages.ai = 1)`,
};
type Name = keyof typeof STATEMENTS;

export function createReport(db: Reader, rows: Rows) {
  const names = Object.keys(STATEMENTS) as Name[];
  const statement = Object.fromEntries(names.map((name) => [name, db.$client.prepare(STATEMENTS[name])]));

  /** Throws `FORBIDDEN` for who is neither of the team nor the host with a scope for conversations. */
  function report(caller: Caller, period: Period): Report {
    checkMayCount(caller);
    const all = <T>(name: Name): T[] => statement[name]?.all(period) as T[];
    const one = <T>(name: Name): T => statement[name]?.get(period) as T;
    const byStep = (name: Name) => new Map(all<Counted>(name).map(({ at, count }) => [at, count]));
    const [begun, closed] = [byStep('begunBySteps'), byStep('closedBySteps')];
    const ratings = all<{ score: number; count: number }>('ratings');
    const rated = sum(ratings.map(({ count }) => count));
    const open = all<ByWho>('openByAssignee');
    return {
      from: timeOf(period.from),
      to: timeOf(period.to),
      begun: sum(begun.values()),
      closed: sum(closed.values()),
      volume: stepsOf(period).map((at) => ({
        at: timeOf(at),
        begun: begun.get(at) ?? 0,
        closed: closed.get(at) ?? 0,
      })),
      firstResponse: told(one('responses')),
      resolution: told(one('resolutions')),
      open: sum(open.map(({ count }) => count)),
      waiting: one<{ count: number }>('waiting').count,
      byAssignee: byAssignee(all, open),
      ratings: {
        count: rated,
        average: rated === 0 ? null : sum(ratings.map(({ score, count }) => score * count)) / rated,
        byScore: ratings,
      },
      bots: one('bots'),
    };
  }

  function byAssignee(all: <T>(name: Name) => T[], open: readonly ByWho[]): Report['byAssignee'] {
    const begun = byWho(all<ByWho & { rating: number | null }>('begunByAssignee'));
    const responses = byWho(all<DurationRow>('responsesByAssignee'));
    const resolutions = byWho(all<DurationRow>('resolutionsByAssignee'));
    const opened = byWho(open);
    const known = new Set([begun, responses, resolutions, opened].flatMap((map) => [...map.keys()]));
    return [...known]
      .map((who) => {
        const user = who === null ? undefined : rows.user.get({ id: who });
        return {
          user: user === undefined ? null : personOfUser(user),
          begun: begun.get(who)?.count ?? 0,
          closed: resolutions.get(who)?.count ?? 0,
          open: opened.get(who)?.count ?? 0,
          firstResponse: told(responses.get(who)),
          resolution: told(resolutions.get(who)),
          rating: begun.get(who)?.rating ?? null,
        };
      })
      .toSorted((a, b) => b.begun - a.begun || b.closed - a.closed || b.open - a.open);
  }

  return { statement, report };
}

interface Counted {
  at: number;
  count: number;
}

interface ByWho {
  who: number | null;
  count: number;
}

function checkMayCount(caller: Caller): void {
  const may = caller.kind === 'user' ? isTeam(caller.role) : hasScope(caller, 'conversations');
  if (!may) throw new Refusal('FORBIDDEN');
}

function sum(numbers: Iterable<number>): number {
  let total = 0;
  for (const number of numbers) total += number;
  return total;
}

function byWho<T extends { who: number | null }>(found: readonly T[]): Map<number | null, T> {
  return new Map(found.map((one) => [one.who, one]));
}

function told(found: DurationRow | undefined): Durations {
  return { count: found?.count ?? 0, medianMs: found?.medianMs ?? null, p90Ms: found?.p90Ms ?? null };
}

/** When each step begins; those without anything too, so that a curve has no gaps. */
function stepsOf({ from, to, step, offset }: Period): number[] {
  const first = Math.floor((from + offset) / step) * step - offset;
  return Array.from({ length: Math.ceil((to - first) / step) }, (_, index) => first + index * step);
}
