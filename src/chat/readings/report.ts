/** The team's support conversations over a period, counted in SQL. */
import type { Questions } from '../../db/questions.ts';
import { Refusal } from '../../protocol/refusal.ts';
import type { Report } from '../../protocol/report.ts';
import { isTeam } from '../access.ts';
import { type Caller, hasScope } from '../caller.ts';
import { personOfUser, timeOf } from '../views.ts';
import type { Period } from './report-period.ts';
import { type Counted, type DurationRow, prepareReportStatements, type ReportPeriod } from './report-statements.ts';
import type { Rows } from './rows.ts';

/** A page of what was written in a period. */
export interface WrittenPage {
  counts: { step: number; hour: number; count: number; fromCustomers: number }[];
  next: { activity: number; id: number } | null;
}

type Durations = Report['firstResponse'];

/** Conversations whose messages are counted at a time. */
const CONVERSATIONS_A_PAGE = 500;
const HOURS_OF_A_DAY = 24;

export function createReport(db: Questions, rows: Rows) {
  const statement = prepareReportStatements(db);

  /**
   * All but what was written: see `written`. Throws `FORBIDDEN` for who is neither of the team nor the host with a scope
   * for conversations.
   */
  async function report(caller: Caller, period: Period): Promise<Report> {
    checkMayCount(caller);
    const given = parametersOf(period);
    const [ratings, open, volume, response, resolution, waiting, bots] = await Promise.all([
      statement.ratings.all(given),
      statement.openByAssignee.all({}),
      volumeOf(period),
      statement.responses.get(given),
      statement.resolutions.get(given),
      statement.waiting.get({}),
      statement.bots.get(given),
    ]);
    const rated = sum(ratings);
    return {
      from: timeOf(period.from),
      to: timeOf(period.to),
      begun: volume.reduce((total, { begun }) => total + begun, 0),
      closed: volume.reduce((total, { closed }) => total + closed, 0),
      messages: 0,
      volume,
      week: Array.from({ length: 7 }, () => Array.from({ length: HOURS_OF_A_DAY }, () => 0)),
      firstResponse: told(response),
      resolution: told(resolution),
      open: sum(open),
      waiting: waiting?.count ?? 0,
      byAssignee: await byAssignee(given, open),
      ratings: {
        count: rated,
        average: rated === 0 ? null : ratings.reduce((total, { score, count }) => total + score * count, 0) / rated,
        byScore: ratings,
      },
      bots: {
        answered: bots?.answered ?? 0,
        contained: volume.reduce((total, { contained }) => total + contained, 0),
      },
    };
  }

  async function volumeOf(period: Period): Promise<Report['volume']> {
    const given = parametersOf(period);
    const found = await Promise.all([
      statement.begunBySteps.all(given),
      statement.closedBySteps.all(given),
      statement.responsesBySteps.all(given),
    ]);
    const [begun, closed, responses] = [byKey(found[0]), byKey(found[1]), byKey(found[2])];
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

  async function byAssignee(given: ReportPeriod, open: readonly Counted[]): Promise<Report['byAssignee']> {
    const found = await Promise.all([
      statement.begunByAssignee.all(given),
      statement.responsesByAssignee.all(given),
      statement.resolutionsByAssignee.all(given),
    ]);
    const [begun, responses, resolutions, opened] = [byKey(found[0]), byKey(found[1]), byKey(found[2]), byKey(open)];
    const known = [...new Set([begun, responses, resolutions, opened].flatMap((map) => [...map.keys()]))];
    const users = await Promise.all(known.map((who) => (who === null ? undefined : rows.user.get({ id: who }))));
    return known
      .map((who, index) => {
        const user = users[index];
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
  async function written(caller: Caller, period: Period, after: WrittenPage['next']): Promise<WrittenPage> {
    checkMayCount(caller);
    // A conversation's activity is the store's clock (µs) at its last message.
    const begin = after ?? { activity: period.from * 1000, id: 0 };
    const found = await statement.spokenSince.all({ ...begin, limit: CONVERSATIONS_A_PAGE });
    const asked = found.filter(({ begun }) => begun < period.to).map(({ id }) => id);
    const counts = await statement.written.all({ ...parametersOf(period), conversations: JSON.stringify(asked) });
    const places = new Map(period.steps.map(({ shown }, index) => [shown, index]));
    const last = found.at(-1);
    return {
      counts: counts.map(({ key, ...count }) => ({ step: places.get(key) as number, ...count })),
      next: last === undefined || found.length < CONVERSATIONS_A_PAGE ? null : { activity: last.activity, id: last.id },
    };
  }

  return { statement, report, written };
}

function parametersOf({ spans, step }: Period): ReportPeriod {
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

function told(found: DurationRow | undefined): Durations {
  const { count, medianMs, p90Ms } = found ?? { count: 0, medianMs: null, p90Ms: null };
  return { count, medianMs, p90Ms };
}
