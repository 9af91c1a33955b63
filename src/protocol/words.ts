import { type Static, Type } from 'typebox';
import { CONTENT_PATTERN, CONTENT_RULE } from './content.ts';
import { ID_PATTERN } from './id.ts';
import {
  MAX_CURSOR_LENGTH,
  MAX_EMAIL_LENGTH,
  MAX_LINE_LENGTH,
  MAX_RAW_CONTENT_LENGTH,
  MAX_TOKEN_LENGTH,
} from './limits.ts';
import { linePattern, lineRule } from './line.ts';
import { withRule } from './schema.ts';

// The description of a schema with a pattern is also the rule that an error tells: it follows the words "must be".

/** A UUID of any version; accepted in any case, answered in lower case. */
export const Id = Type.String({ pattern: ID_PATTERN, description: 'a UUID' });
export type Id = Static<typeof Id>;

/** ISO 8601 UTC; with milliseconds when it comes from the server. Shown, never used to order anything. */
export const Time = withRule(
  Type.String({
    pattern: '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}(\\.\\d{1,3})?Z$',
    description: 'a time in ISO 8601, UTC, such as 2026-01-31T12:00:00.000Z',
  }),
  '',
  'must be a time that exists',
  exists,
);
export type Time = Static<typeof Time>;

/** 1, 2, 3 …: the messages of one conversation. */
export const Seq = Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER });
export type Seq = Static<typeof Seq>;
/** A seq, or 0: before the first message. */
export const SeqOrZero = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });

/** 1, 2, 3 …: the durable changes of one conversation. */
export const Rev = Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER });
export type Rev = Static<typeof Rev>;
/** A rev, or 0: nothing held. */
export const RevOrZero = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });

/** Microseconds of the store's own clock, which never falls: orders lists. */
export const Position = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });
export type Position = Static<typeof Position>;

/** How many of something. */
export const Count = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });

/** "Where I am in everything that I may read": one user's, opaque. Also a list's place. */
export const Cursor = Type.String({ maxLength: MAX_CURSOR_LENGTH });
export type Cursor = Static<typeof Cursor>;

/** Which life of the database: a restore begins another. */
export const Epoch = Type.String({ maxLength: MAX_LINE_LENGTH });
export type Epoch = Static<typeof Epoch>;

/** A credential in full. */
export const Token = Type.String({ minLength: 1, maxLength: MAX_TOKEN_LENGTH });

/** One line of 1 to `max` code points without control characters: names, titles, subjects, tags, externalIds. */
export function Line(max = MAX_LINE_LENGTH) {
  return Type.String({ pattern: linePattern(max), description: lineRule(max) });
}

/** A message's content as it is sent, not yet normalised. How long it may be is the conversation's to say. */
export const Content = Type.String({
  maxLength: MAX_RAW_CONTENT_LENGTH,
  pattern: CONTENT_PATTERN,
  description: CONTENT_RULE,
});

export const Email = Type.String({
  maxLength: MAX_EMAIL_LENGTH,
  pattern:
    '^[^\\s@\\u0000-\\u001f\\u007f-\\u009f\\ud800-\\udfff]+@[^\\s@\\u0000-\\u001f\\u007f-\\u009f\\ud800-\\udfff]+$',
  description: 'an e-mail address',
});

/** Whether the calendar has such a day and the day such a minute: Date rolls 30 February on to March. */
function exists(time: string): boolean {
  const date = new Date(time);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(time.slice(0, 19));
}
