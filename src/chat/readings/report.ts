/** The team's support conversations over a period, counted in SQL. */
import type { Reader } from '../../db/open.ts';
import { Refusal } from '../../protocol/refusal.ts';
import type { Report } from '../../protocol/report.ts';
import { isTeam } from '../access.ts';
import { type Caller, hasScope } from '../caller.ts';
import { personOfUser, timeOf } from '../views.ts';
import type { Period } from './report-period.ts';
import { prepareReportStatements } from './report-statements.ts';
import type { Rows } from './rows.ts';

/** A page of what was written in a period. */
export interface WrittenPage {
  counts: { step: number; hour: number; count: number; fromCustomers: number }[];
  next: { activity: number; id: number } | null;
}

type Durations = Report['firstResponse'];

/** What was counted for one step (by what its clock shows), or one assignee. */
interface Counted {
  key: number | null;
  count: number;
}

interface DurationRow extends Counted {
  medianMs: number;
  p90Ms: number;
}

/** Conversations whose messages are counted at a time. */
const CONVERSATIONS_A_PAGE = 500;
const HOURS_OF_A_DAY = 24;

export function createReport(db: Reader, rows: Rows) {
  const statement = prepareReportStatements(db);

  /**
   * All but what was written: see `written`. Throws `FORBIDDEN` for who is neither of the team nor the host with a scope
   * for conversations.
   */
  function report(caller: Caller, period: Period): Report {
    checkMayCount(caller);
    const given = parametersOf(period);
    const ratings = statement.ratings.all(given) as { score: number; count: number }[];
    const rated = sum(ratings);
    const open = statement.openByAssignee.all() as Counted[];
    const volume = volumeOf(period);
    return {
      from: timeOf(period.from),
      to: timeOf(period.to),
      begun: volume.reduce((total, { begun }) => total + begun, 0),
      closed: volume.reduce((total, { closed }) => total + closed, 0),
      messages: 0,
      volume,
      week: Array.from({ length: 7 }, () => Array.from({ length: HOURS_OF_A_DAY }, () => 0)),
      firstResponse: told(statement.responses.get(given)),
      resolution: told(statement.resolutions.get(given)),
      open: sum(open),
      waiting: (statement.waiting.get() as { count: number }).count,
      byAssignee: byAssignee(given, open),
      ratings: {
        count: rated,
        average: rated === 0 ? null : ratings.reduce((total, { score, count }) => total + score * count, 0) / rated,
        byScore: ratings,
      },
      bots: {
        answered: (statement.bots.get(given) as { answered: number }).answered,
        contained: volume.reduce((total, { contained }) => total + contained, 0),
      },
    };
  }

  function volumeOf(period: Period): Report['volume'] {
    const given = parametersOf(period);
    const begun = byKey(statement.begunBySteps.all(given) as (Counted & { contained: number })[]);
    const closed = byKey(statement.closedBySteps.all(given) as Counted[]);
    const responses = byKey(statement.responsesBySteps.all(given) as DurationRow[]);
    return period.steps.map(({ shown, at }) => ({
      at: timeOf(at),
      begun: begun.get(shown)?.count ?? 0,
      closed: closed.get(shown)?.count ?? 0,
      contained: begun.get(shown)?.contained ?? 0,
      messages: 0,
      fromCustomers: 0,
      firstResponse: told(responses.get(shown)),
    }));
  }

  function byAssignee(given: Parameters, open: readonly Counted[]): Report['byAssignee'] {
    const begun = byKey(statement.begunByAssignee.all(given) as (Counted & { rating: number | null })[]);
    const responses = byKey(statement.responsesByAssignee.all(given) as DurationRow[]);
    const resolutions = byKey(statement.resolutionsByAssignee.all(given) as DurationRow[]);
    const opened = byKey(open);
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

  /**
   * What was written in the period, in some of the conversations: messages may be many, so it is read in pages.
   *
   * @param after the page before's `next`; null for the first
   */
  function written(caller: Caller, period: Period, after: WrittenPage['next']): WrittenPage {
    checkMayCount(caller);
    // A conversation's activity is the store's clock (µs) at its last message.
    const begin = after ?? { activity: period.from * 1000, id: 0 };
    const found = statement.spokenSince.all({ ...begin, limit: CONVERSATIONS_A_PAGE }) as {
      id: number;
      activity: number;
      begun: number;
    }[];
    const asked = found.filter(({ begun }) => begun < period.to).map(({ id }) => id);
    const counts = statement.written.all({ ...parametersOf(period), conversations: JSON.stringify(asked) }) as {
      key: number;
      hour: number;
      count: number;
      fromCustomers: number;
    }[];
    const places = new Map(period.steps.map(({ shown }, index) => [shown, index]));
    const last = found.at(-1);
    return {
      counts: counts.map(({ key, ...count }) => ({ step: places.get(key) as number, ...count })),
      next: last === undefined || found.length < CONVERSATIONS_A_PAGE ? null : { activity: last.activity, id: last.id },
    };
  }

  return { statement, report, written };
}

interface Parameters {
  spans: string;
  step: string;
}

function parametersOf({ spans, step }: Period): Parameters {
  return { spans: JSON.stringify(spans), step: JSON.stringify(step) };
}

function checkMayCount(caller: Caller): void {
  const may = caller.kind === 'user' ? isTeam(caller.role) : hasScope(caller, 'conversations');
  if (!may) throw new Refusal('FORBIDDEN');
}

function sum(counted: readonly { count: number }[]): number {
  return counted.reduce((total, { count }) => total + count, 0);
}

function byKey<T extends { key: number | null }>(found: readonly T[]): Map<number | null, T> {
  return new Map(found.map((one) => [one.key, one]));
}

function told(found: unknown): Durations {
  const { count, medianMs, p90Ms } = (found ?? { count: 0, medianMs: null, p90Ms: null }) as Durations;
  return { count, medianMs, p90Ms };
}
