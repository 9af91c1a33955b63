/** What each kind of job does next. */
import type { NextStep } from './jobs.ts';

export function jobKinds(): ReadonlyMap<string, NextStep> {
  return new Map<string, NextStep>([
    ['merge', ({ id, state }) => ({ type: 'visitor.merge', job: id, from: Number(state.from), to: Number(state.to) })],
  ]);
}
