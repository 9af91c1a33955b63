/**
 * Unread is arithmetic: what lies above a mark, less what does not count there (tombstones, system messages) and
 * less one's own. Moving a mark takes back those that it passes, then steps over own and uncounted messages directly
 * behind it.
 */
import type { ConversationRow, ParticipantRow } from '../../db/rows.ts';
import { passedKey, type WorkingSet } from '../../db/working-set.ts';

/** How many messages that never count lie above `mark`. */
function uncountedAbove(set: WorkingSet, conversation: ConversationRow, mark: number): number {
  if (conversation.lastUncounted <= mark) return 0;
  const seqs = set.uncounted.get(conversation.id)?.seqs ?? [];
  return seqs.length - firstAbove(seqs, mark);
}

/** What a participant has not read. */
export function unreadOf(set: WorkingSet, conversation: ConversationRow, reader: ParticipantRow): number {
  return conversation.seq - reader.readSeq - uncountedAbove(set, conversation, reader.readSeq) - reader.ownAfterRead;
}

/** What of the customer's messages the team has not read. */
export function unreadOfTeam(set: WorkingSet, conversation: ConversationRow): number {
  const mark = conversation.teamReadSeq;
  return conversation.seq - mark - uncountedAbove(set, conversation, mark) - conversation.botAfterRead;
}

/** Notes that the message `seq` never counts: a new system message, or one that was deleted. */
export function addUncounted(set: WorkingSet, conversation: ConversationRow, seq: number): void {
  const list = set.uncounted.get(conversation.id);
  if (list === undefined) {
    // Whoever is loaded has a mark at or above the last one: below it nothing is ever looked up in this list.
    if (seq > conversation.lastUncounted) {
      set.uncounted.set(conversation.id, { from: conversation.lastUncounted, seqs: [seq] });
    }
  } else if (seq > list.from) {
    list.seqs.splice(firstAbove(list.seqs, seq), 0, seq);
  }
  conversation.lastUncounted = Math.max(conversation.lastUncounted, seq);
}

export interface Moved {
  readSeq: number;
  /** Own (or bots') messages that still lie above the mark. */
  own: number;
}

/**
 * Where a mark comes to stand when its owner has read up to `seq`, which is above the mark and not above the end.
 * @param own how many own messages lie above the mark now
 */
export function moveMark(
  set: WorkingSet,
  conversation: ConversationRow,
  who: number | 'team',
  seq: number,
  own: number,
): Moved {
  if (seq >= conversation.seq) return { readSeq: conversation.seq, own: 0 };
  if (own === 0) return { readSeq: stepOverUncounted(set, conversation, seq), own };
  const passed = set.passed.get(passedKey(conversation.id, who, seq));
  // Judged alone, it is there: what others of the batch did to the mark is written by then.
  if (passed === undefined) throw new Error('what a mark passes was not looked up');
  return { readSeq: passed.stepTo, own: own - passed.own - passed.behind };
}

function stepOverUncounted(set: WorkingSet, conversation: ConversationRow, seq: number): number {
  if (conversation.lastUncounted <= seq) return seq;
  const seqs = set.uncounted.get(conversation.id)?.seqs ?? [];
  let at = seq;
  for (let index = firstAbove(seqs, seq); seqs[index] === at + 1; index += 1) at += 1;
  return at;
}

/** The index of the first of ascending `seqs` that is above `mark`. */
function firstAbove(seqs: readonly number[], mark: number): number {
  let low = 0;
  let high = seqs.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((seqs[middle] as number) <= mark) low = middle + 1;
    else high = middle;
  }
  return low;
}
