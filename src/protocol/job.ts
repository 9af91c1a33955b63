import { type Static, Type } from 'typebox';
import { answered } from './schema.ts';
import { Id, Time } from './words.ts';

/** Work that goes on in steps, over a restart too. */
export const Job = answered(
  'Job',
  { id: Id, kind: Type.String(), createdAt: Time },
  'Work that goes on in steps, over a restart too. It is there until it is done.',
);
export type Job = Static<typeof Job>;
