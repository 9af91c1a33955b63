/** What reports count, in SQL. Each statement goes by an index over the period. */
import type { Reader } from '../../db/open.ts';

/** The period as the statements take it. JSON keeps numbers whole; the driver hands them over as fractions. */
const PERIOD = `
  period as materialized (select value ->> 'start' as start, value ->> 'end' as until, value ->> 'offset' as ahead
    from json_each(@spans)),
  width as materialized (select value as step from json_each(@step))`;

const begun = `from period cross join width cross join conversations
  on kind = 'support' and created_at >= period.start and created_at < period.until`;
const closed = `from period cross join width cross join conversations
  on kind = 'support' and closed_at is not null and closed_at >= period.start and closed_at < period.until`;
const shown = (column: string) => `(${column} + ahead) / step * step`;
/** How long the customer's first message waited for a person; null when the team spoke first, or nobody answered. */
const answered = `max(0, first_response_at - (
  select messages.created_at from messages join authors on authors.id = messages.author
  where messages.conversation = conversations.id and messages.seq = 1 and authors.user = conversations.customer))`;
const resolved = 'max(0, closed_at - created_at)';
const byBot = `exists (
  select 1 from messages where messages.conversation = conversations.id and messages.ai = 1)`;

/** Median and ninth decile by nearest rank, for each `key`. */
const durations = (ms: string, which: string, key: string) => `with ${PERIOD},
  taken as (select ${key} as key, ${ms} as ms ${which}),
  ranked as (
    select key, ms, row_number() over (partition by key order by ms) as place, count(*) over (partition by key) as count
    from taken where ms is not null)
  select key, count, max(case when place = (count + 1) / 2 then ms end) as medianMs,
    max(case when place = (9 * count + 9) / 10 then ms end) as p90Ms
  from ranked group by key`;

const STATEMENTS = {
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
  begunByAssignee: `with ${PERIOD} select assignee as key, count(*) as count, avg(rating) as rating
    ${begun} group by assignee`,
  openByAssignee: `select assignee as key, count(*) as count from conversations
    where kind = 'support' and status = 'open' group by assignee`,
  waiting: 'select count(*) as count from conversations where waiting is not null',
  ratings: `with ${PERIOD} select rating as score, count(*) as count ${begun} and rating is not null
    group by rating order by rating`,
  bots: `with ${PERIOD} select count(*) as answered ${begun} and ${byBot}`,
  /** Support conversations with a message in the period, or after it. */
  spokenSince: `select id, activity, created_at as begun from conversations
    where kind = 'support' and (activity, id) > (@activity, @id) order by activity, id limit @limit`,
  /** What was written in these conversations in the period, by steps and the hour of the week (0: Monday, midnight). */
  written: `with ${PERIOD}
    select ${shown('messages.created_at')} as key, ((messages.created_at + ahead) / 3600000 + 72) % 168 as hour,
      count(*) as count, count(case when authors.user = conversations.customer then 1 end) as fromCustomers
    from json_each(@conversations) as asked cross join conversations on conversations.id = asked.value
      cross join messages on messages.conversation = conversations.id
      cross join period on messages.created_at >= period.start and messages.created_at < period.until
      cross join width cross join authors on authors.id = messages.author
    where messages.kind <> 'system' and messages.deleted_at is null
    group by 1, 2`,
};

export function prepareReportStatements(db: Reader) {
  const prepare = (name: keyof typeof STATEMENTS) => db.$client.prepare(STATEMENTS[name]);
  return {
    begunBySteps: prepare('begunBySteps'),
    closedBySteps: prepare('closedBySteps'),
    responses: prepare('responses'),
    responsesBySteps: prepare('responsesBySteps'),
    responsesByAssignee: prepare('responsesByAssignee'),
    resolutions: prepare('resolutions'),
    resolutionsByAssignee: prepare('resolutionsByAssignee'),
    begunByAssignee: prepare('begunByAssignee'),
    openByAssignee: prepare('openByAssignee'),
    waiting: prepare('waiting'),
    ratings: prepare('ratings'),
    bots: prepare('bots'),
    spokenSince: prepare('spokenSince'),
    written: prepare('written'),
  };
}
