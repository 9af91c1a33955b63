import type { Static } from 'typebox';
import { answered } from './schema.ts';
import { Count } from './words.ts';

/** The numbers over the team's inbox: all of them open conversations. */
export const Counts = answered(
  'Counts',
  { queue: Count, mine: Count, open: Count, snoozed: Count },
  'queue: unassigned, not snoozed. mine: assigned to me. open: not snoozed. snoozed: snoozed.',
);
export type Counts = Static<typeof Counts>;
