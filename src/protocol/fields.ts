import { type Static, Type } from 'typebox';
import { CONTENT_PATTERN, CONTENT_RULE } from './content.ts';
import { MAX_FIELD_LENGTH, MAX_FIELDS } from './limits.ts';
import { Line } from './words.ts';

/** What a host or a form tells of a user beside their name: a few short texts by name. */
export const Fields = Type.Record(
  Line(),
  Type.String({ maxLength: MAX_FIELD_LENGTH, pattern: CONTENT_PATTERN, description: CONTENT_RULE }),
  { maxProperties: MAX_FIELDS, additionalProperties: false },
);
export type Fields = Static<typeof Fields>;
