/** What a message said and brought is erased; its place stays, and what is counted by it. */
import type { ConversationRow, MessageRow } from '../../db/rows.ts';
import type { WorkingSet } from '../../db/working-set.ts';
import type { Publication } from '../publication.ts';
import { removeAttachments } from './files.ts';
import type { Case } from './rule.ts';
import { endTurnOf } from './turns.ts';
import { addUncounted } from './unread.ts';

/**
 * @param row where it is: `main`, or its side
 * @param author key of who wrote it; null: nobody did
 * @returns what tells that bytes are to go
 */
export function tombstone(
  given: Case,
  row: ConversationRow,
  main: ConversationRow,
  message: MessageRow,
  author: number | null,
): Publication[] {
  if (message.state === 'streaming') endTurnOf(given, main, message.seq);
  message.content = null;
  message.extra = null;
  message.state = null;
  message.deletedAt = given.at;
  if (author !== null) takeBackOwn(given.set, row.id, author, message.seq);
  if (message.ai && row === main && message.seq > row.teamReadSeq && row.botAfterRead > 0) row.botAfterRead -= 1;
  addUncounted(given.set, row, message.seq);
  return removeAttachments(given, given.set.attachmentsOf.get(message.id) ?? []);
}

/** One's own message above one's mark was counted apart; a tombstone does not count either way. */
function takeBackOwn(set: WorkingSet, row: number, author: number, seq: number) {
  const participant = set.participantsOf(row).get(author);
  if (!participant || seq <= participant.readSeq || participant.ownAfterRead === 0) return;
  participant.ownAfterRead -= 1;
  set.marked.participants.touch(participant);
}
