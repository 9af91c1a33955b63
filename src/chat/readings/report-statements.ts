/** What reports count, in SQL. Each statement goes by an index over the period. */
import { lazily } from '../../db/lazily.ts';
import type { Engine, Questions } from '../../db/questions.ts';

/** What the statements take of a period, as JSON: it keeps numbers whole where the driver hands them over as fractions. */
export interface ReportPeriod {
  spans: string;
  step: string;
}

/** What was counted for one step (by what its clock shows), or one assignee. */
export interface Counted {
  key: number | null;
  count: number;
}

export interface DurationRow extends Counted {
  medianMs: number;
  p90Ms: number;
}

type Nothing = Record<string, never>;

/** What the engines word differently. */
const WORDS = {
  sqlite: {
    period: `select value ->> 'start' as start, value ->> 'end' as until, value ->> 'offset' as ahead
      from json_each($spans)`,
    width: 'select value as step from json_each($step)',
    asked: '(select value as id from json_each($conversations))',
    // In the order in which they stand.
    join: 'cross join',
    isByBot: 'messages.ai = 1',
  },
  postgres: {
    period: `select (value ->> 'start')::bigint as start, (value ->> 'end')::bigint as until,
      (value ->> 'offset')::bigint as ahead from json_array_elements($spans::json) as spans (value)`,
    width: 'select ($step::json #>> array[]::text[])::bigint as step',
    asked: '(select value::bigint as id from json_array_elements_text($conversations::json) as given (value))',
    join: 'join',
    isByBot: 'messages.ai',
  },
} as const satisfies Record<Engine, unknown>;

function wordedFor(engine: Engine) {
  const { period, width, asked, join, isByBot } = WORDS[engine];
  const PERIOD = `period as materialized (${period}), width as materialized (${width})`;
  const begun = `from period cross join width ${join} conversations
    on kind = 'support' and created_at >= period.start and created_at < period.until`;
  const closed = `from period cross join width ${join} conversations
    on kind = 'support' and closed_at is not null and closed_at >= period.start and closed_at < period.until`;
  const shown = (column: string) => `(${column} + ahead) / step * step`;
  /** How long the customer's first message waited for a person; null when the team spoke first, or nobody answered. */
  const answered = `(
    select case when first_response_at < messages.created_at then 0 else first_response_at - messages.created_at end
    from messages join authors on authors.id = messages.author
    where messages.conversation = conversations.id and messages.seq = 1 and authors.user = conversations.customer)`;
  const resolved = 'case when closed_at < created_at then 0 else closed_at - created_at end';
  const byBot = `exists (
    select 1 from messages where messages.conversation = conversations.id and ${isByBot})`;

  /** Median and ninth decile by nearest rank, for each `key`. */
  const durations = (ms: string, which: string, key: string) => `with ${PERIOD},
    taken as (select ${key} as key, ${ms} as ms ${which}),
    ranked as (
      select key, ms, row_number() over (partition by key order by ms) as place, count(*) over (partition by key) as count
      from taken where ms is not null)
    select key, max(count) as count, max(case when place = (count + 1) / 2 then ms end) as "medianMs",
      max(case when place = (9 * count + 9) / 10 then ms end) as "p90Ms"
    from ranked group by key`;

  return {
    begunBySteps: `with ${PERIOD}
      select ${shown('created_at')} as key, count(*) as count,
        count(case when first_response_at is null and ${byBot} then 1 end) as contained
      ${begun} group by 1`,
    closedBySteps: `with ${PERIOD} select ${shown('closed_at')} as key, count(*) as count ${closed} group by 1`,
    responses: durations(answered, begun, 'null'),
    responsesBySteps: durations(answered, begun, shown('created_at')),
    responsesByAssignee: durations(answered, begun, 'assignee'),
    resolutions: durations(resolved, closed, 'null'),
    resolutionsByAssignee: durations(resolved, closed, 'assignee'),
    begunByAssignee: `with ${PERIOD} select assignee as key, count(*) as count, avg(cast(rating as real)) as rating
      ${begun} group by assignee`,
    openByAssignee: `select assignee as key, count(*) as count from conversations
      where kind = 'support' and status = 'open' group by assignee`,
    waiting: 'select count(*) as count from conversations where waiting is not null',
    ratings: `with ${PERIOD} select rating as score, count(*) as count ${begun} and rating is not null
      group by rating order by rating`,
    bots: `with ${PERIOD} select count(*) as answered ${begun} and ${byBot}`,
    spokenSince: `select id, activity, created_at as begun from conversations
      where kind = 'support' and (activity, id) > ($activity, $id) order by activity, id limit $limit`,
    written: `with ${PERIOD}
      select ${shown('messages.created_at')} as key, ((messages.created_at + ahead) / 3600000 + 72) % 168 as hour,
        count(*) as count, count(case when authors.user = conversations.customer then 1 end) as "fromCustomers"
      from ${asked} as asked ${join} conversations on conversations.id = asked.id
        ${join} messages on messages.conversation = conversations.id
        ${join} period on messages.created_at >= period.start and messages.created_at < period.until
        cross join width ${join} authors on authors.id = messages.author
      where messages.kind <> 'system' and messages.deleted_at is null
      group by 1, 2`,
  };
}

export function prepareReportStatements(db: Questions) {
  const [sqlite, postgres] = [wordedFor('sqlite'), wordedFor('postgres')];
  const asked = <Given, Row>(name: keyof typeof sqlite) =>
    db.inWords<Given, Row>({ sqlite: sqlite[name], postgres: postgres[name] });
  return lazily({
    begunBySteps: () => asked<ReportPeriod, Counted & { contained: number }>('begunBySteps'),
    closedBySteps: () => asked<ReportPeriod, Counted>('closedBySteps'),
    responses: () => asked<ReportPeriod, DurationRow>('responses'),
    responsesBySteps: () => asked<ReportPeriod, DurationRow>('responsesBySteps'),
    responsesByAssignee: () => asked<ReportPeriod, DurationRow>('responsesByAssignee'),
    resolutions: () => asked<ReportPeriod, DurationRow>('resolutions'),
    resolutionsByAssignee: () => asked<ReportPeriod, DurationRow>('resolutionsByAssignee'),
    begunByAssignee: () => asked<ReportPeriod, Counted & { rating: number | null }>('begunByAssignee'),
    openByAssignee: () => asked<Nothing, Counted>('openByAssignee'),
    waiting: () => asked<Nothing, { count: number }>('waiting'),
    ratings: () => asked<ReportPeriod, { score: number; count: number }>('ratings'),
    bots: () => asked<ReportPeriod, { answered: number }>('bots'),
    /** Support conversations with a message in the period, or after it. */
    spokenSince: () =>
      asked<{ activity: number; id: number; limit: number }, { id: number; activity: number; begun: number }>(
        'spokenSince',
      ),
    /** What was written in these conversations in the period, by steps and the hour of the week (0: Monday, midnight). */
    written: () =>
      asked<
        ReportPeriod & { conversations: string },
        { key: number; hour: number; count: number; fromCustomers: number }
      >('written'),
  });
}
