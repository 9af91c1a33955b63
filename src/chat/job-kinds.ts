/** What each kind of job does next. */
import type { RemoveConversationChange } from './change.ts';
import type { NextStep } from './jobs.ts';

export function jobKinds(): ReadonlyMap<string, NextStep> {
  return new Map<string, NextStep>([
    ['removal', ({ id, state }) => ({ type: 'conversation.remove', job: id, ...(state as unknown as RemovalState) })],
    ['merge', ({ id, state }) => ({ type: 'visitor.merge', job: id, from: Number(state.from), to: Number(state.to) })],
  ]);
}

type RemovalState = Pick<RemoveConversationChange, 'uuid' | 'conversations'>;
