/** Read marks. Delivered marks live in memory, with what else may be lost. */
import type { Pending } from '../db/pending.ts';
import type { Writer } from '../db/writer.ts';
import { normaliseId } from '../protocol/id.ts';
import { byOf, type Caller } from './caller.ts';
import type { Change } from './change.ts';
import type { Publication } from './publication.ts';

export type Marks = ReturnType<typeof createMarks>;

/** @param deliveredTo the delivered mark of a participant: conversation's UUID and user's key */
export function createMarks(
  writer: Writer<Change, Publication>,
  deliveredTo: (conversationUuid: string, user: number) => number,
) {
  return {
    /** Moves the caller's mark (in support, for the team, the team's) up to `seq`; never back. */
    read(caller: Caller, conversationId: string, seq: number): Pending<{ readSeq: number; unread: number }> {
      const conversation = normaliseId(conversationId);
      const delivered = caller.kind === 'user' ? deliveredTo(conversation, caller.id) : 0;
      return writer.submit({ type: 'mark.read', by: byOf(caller), conversation, seq, delivered });
    },
  };
}
