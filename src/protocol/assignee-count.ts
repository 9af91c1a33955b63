import type { Static } from 'typebox';
import { answered } from './schema.ts';
import { Count, Id } from './words.ts';

export const AssigneeCount = answered(
  'AssigneeCount',
  { id: Id, open: Count, snoozed: Count },
  'Somebody whom open support conversations are assigned to. open: not snoozed, as in the counts of the inbox.',
);
export type AssigneeCount = Static<typeof AssigneeCount>;
