import { type Static, Type } from 'typebox';
import { MAX_HOLIDAYS, MAX_OPENINGS } from './limits.ts';
import { nullable, received, ref, withRule } from './schema.ts';

const CLOCK = '([01]\\d|2[0-3]):[0-5]\\d';

/** Named as in the IANA's list. */
export const TimeZone = withRule(
  Type.String({ maxLength: 100, pattern: '^[A-Za-z0-9_+/-]+$', description: 'a time zone such as Europe/Berlin' }),
  '',
  'must be a time zone that is known, such as Europe/Berlin',
  isTimeZone,
);

const Day = withRule(
  Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}$', description: 'a day such as 2026-12-25' }),
  '',
  'must be a day that exists',
  (day) => new Date(`${day}T00:00:00Z`).toJSON()?.startsWith(day) === true,
);

/** One stretch of one day of the week, by the clock there; over midnight it is two. */
const Opening = withRule(
  received({
    day: Type.Integer({ minimum: 1, maximum: 7, description: '1 is Monday' }),
    from: Type.String({ pattern: `^${CLOCK}$`, description: 'a time of the day such as 09:00' }),
    to: Type.String({
      pattern: `^(?!00:00)(${CLOCK}|24:00)$`,
      description: 'a time of the day such as 17:30, at most 24:00',
    }),
  }),
  'to',
  'must be later than from',
  ({ from, to }) => from < to,
);

/** When the team answers: by the week in a time zone, and never on holidays. */
export const Hours = received(
  {
    timeZone: TimeZone,
    week: Type.Array(Opening, { maxItems: MAX_OPENINGS }),
    holidays: Type.Array(Day, { maxItems: MAX_HOLIDAYS }),
  },
  { $id: 'Hours' },
);
export type Hours = Static<typeof Hours>;

/** Null: always. */
export const HoursOrAlways = nullable(ref(Hours));

function isTimeZone(timeZone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone });
    return true;
  } catch {
    return false;
  }
}
