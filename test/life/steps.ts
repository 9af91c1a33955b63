/** What people do, drawn by chance. */
import fc from '../property.ts';
import { DEEDS, NAMES, type Step } from './scene.ts';

const WEIGHTS: Record<(typeof DEEDS)[number], number> = {
  write: 14,
  'write again': 4,
  edit: 4,
  delete: 4,
  read: 5,
  delivered: 2,
  view: 2,
  change: 5,
  'come or go': 3,
  open: 6,
  sync: 2,
  'lose the line': 2,
  'come back': 3,
};

const number = fc.nat(11);
const step: fc.Arbitrary<Step> = fc.record({
  who: fc.constantFrom(...NAMES),
  what: fc.oneof(...DEEDS.map((deed) => ({ weight: WEIGHTS[deed], arbitrary: fc.constant(deed) }))),
  pick: fc.tuple(number, number, number),
  http: fc.boolean(),
  // Most things are done while others are under way: that is where orders differ.
  wait: fc.nat(4).map((n) => n === 0),
});

export const manySteps = fc.array(step, { minLength: 20, maxLength: 90, size: 'max' });
