/** `ifSeq`: nobody answers to, or closes over, a message that they have not seen. */
import type { ConversationRow, UserRow } from '../../db/rows.ts';
import { Refusal } from '../../protocol/refusal.ts';
import type { Case } from './rule.ts';

/** Refuses when another's message, that is not a system message, has a higher seq than `ifSeq`. */
export function checkSeen({ set }: Case, ifSeq: number | null, user: UserRow | null, row: ConversationRow): void {
  if (ifSeq === null) return;
  const tail = set.tails.get(row.id);
  if (tail === undefined) return;
  const theirs = user !== null && tail.user === user.id ? tail.otherSeq : tail.seq;
  if (theirs > ifSeq) throw new Refusal('NEWER_MESSAGES', { details: { seq: theirs } });
}
