import { type Static, Type } from 'typebox';
import { TimeZone } from './hours.ts';
import { PersonOrNull } from './person.ts';
import { answered, nullable, received } from './schema.ts';
import { Count, Time } from './words.ts';

/** GET /v1/reports; without times the last 30 days, without a time zone by UTC. */
export const ReportQuery = received({
  from: Type.Optional(Time),
  to: Type.Optional(Time),
  by: Type.Optional(Type.Enum(['hour', 'day'])),
  timeZone: Type.Optional(TimeZone),
  format: Type.Optional(Type.Enum(['json', 'csv'])),
});
export type ReportQuery = Static<typeof ReportQuery>;

const Durations = Type.Object(
  { count: Count, medianMs: nullable(Count), p90Ms: nullable(Count) },
  { description: 'Of so many conversations: half of them took no longer than medianMs, nine of ten than p90Ms.' },
);

export const Report = answered(
  'Report',
  {
    from: Time,
    to: Time,
    begun: Count,
    closed: Count,
    messages: Count,
    volume: Type.Array(
      Type.Object({
        at: Time,
        begun: Count,
        closed: Count,
        contained: Count,
        messages: Count,
        fromCustomers: Count,
        firstResponse: Durations,
      }),
    ),
    week: Type.Array(Type.Array(Count), { description: 'Seven days from Monday, of 24 hours each.' }),
    firstResponse: Durations,
    resolution: Durations,
    open: Count,
    waiting: Count,
    byAssignee: Type.Array(
      Type.Object({
        user: PersonOrNull,
        begun: Count,
        closed: Count,
        open: Count,
        firstResponse: Durations,
        resolution: Durations,
        rating: nullable(Type.Number()),
      }),
    ),
    ratings: Type.Object({
      count: Count,
      average: nullable(Type.Number()),
      byScore: Type.Array(Type.Object({ score: Type.Number(), count: Count })),
    }),
    bots: Type.Object({ answered: Count, contained: Count }),
  },
  'The team’s support conversations over a period, cut into hours or days of the time zone: how many were begun and ' +
    'closed, what was written in them (system messages and what was deleted aside), how fast they were answered by a ' +
    'person (of those begun then) and closed (of those closed then); open and waiting as of now; by who is in charge ' +
    'of them now; ratings of those begun then; bots: in how many of those begun then one answered, and in how many of ' +
    'these no person had to (contained). week: when customers write, by weekday and hour.',
);
export type Report = Static<typeof Report>;
