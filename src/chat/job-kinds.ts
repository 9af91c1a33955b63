/** What each kind of job does next. */

import type { Questions } from '../db/questions.ts';
import type { RemoveConversationChange } from './change.ts';
import type { NextStep } from './jobs.ts';
import { erasureSteps } from './people/erasure.ts';

export function jobKinds(db: Questions): ReadonlyMap<string, NextStep> {
  return new Map<string, NextStep>([
    [
      'removal',
      async ({ id, state }) => ({ type: 'conversation.remove', job: id, ...(state as unknown as RemovalState) }),
    ],
    ['erasure', erasureSteps(db).next],
    [
      'merge',
      async ({ id, state }) => ({ type: 'visitor.merge', job: id, from: Number(state.from), to: Number(state.to) }),
    ],
  ]);
}

type RemovalState = Pick<RemoveConversationChange, 'uuid' | 'conversations'>;
