/** What each kind of job does next. */

import type { Reader } from '../db/open.ts';
import type { RemoveConversationChange } from './change.ts';
import type { NextStep } from './jobs.ts';
import { erasureSteps } from './people/erasure.ts';

export function jobKinds(reader: Reader): ReadonlyMap<string, NextStep> {
  return new Map<string, NextStep>([
    ['removal', ({ id, state }) => ({ type: 'conversation.remove', job: id, ...(state as unknown as RemovalState) })],
    ['erasure', erasureSteps(reader).next],
    ['merge', ({ id, state }) => ({ type: 'visitor.merge', job: id, from: Number(state.from), to: Number(state.to) })],
  ]);
}

type RemovalState = Pick<RemoveConversationChange, 'uuid' | 'conversations'>;
