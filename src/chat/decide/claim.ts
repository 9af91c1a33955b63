/** Taking a conversation from the queue, and giving it back. */
import type { ConversationRow, UserRow } from '../../db/rows.ts';
import type { Want } from '../../db/want.ts';
import { Refusal } from '../../protocol/refusal.ts';
import { answersCustomers, isTeam, mayClaim, mayHandOver } from '../access.ts';
import type { ClaimChange, HandoverChange } from '../change.ts';
import { personOfUser } from '../views.ts';
import { askerOf, checkKeyKnows, userAsking, wantAsker } from './asker.ts';
import type { Case, Rule, Ruling } from './rule.ts';
import { checkRate } from './sending-rate.ts';
import { Story } from './story.ts';
import { assign, writeNotes } from './support.ts';
import { threadFor } from './thread.ts';

/**
 * Judged by role and queue, not by reading: who comes second is told so. A bot gives way, and so does who can answer
 * no more.
 */
export const claim: Rule<ClaimChange> = {
  want: wantConversation,

  decide(given, change) {
    const { set } = given;
    const user = userAsking(set, change.by);
    const main = set.conversationsByUuid.get(change.conversation);
    if (!main || !mayClaim(user, main)) throw new Refusal('NOT_FOUND');
    if (main.status === 'closed') throw new Refusal('CLOSED');
    const assignee = set.userOf(main.assignee);
    if (assignee !== null && assignee.id !== user.id && assignee.role !== 'bot' && answersCustomers(assignee)) {
      throw new Refusal('ALREADY_CLAIMED', isTeam(user.role) ? { details: { assignee: personOfUser(assignee) } } : {});
    }
    return putInCharge(given, change, main, user, user);
  },
};

/** "A person, please": what a bot has waits in the queue. The team and the bot itself may say so too. */
export const handOver: Rule<HandoverChange> = {
  want: wantConversation,

  decide(given, change) {
    const { set } = given;
    const user = askerOf(set, change.by);
    const { row, main } = threadFor(set, user, change.conversation);
    if (row !== main) throw new Refusal('NOT_FOUND');
    checkKeyKnows(set, change.by, main);
    if (main.kind !== 'support' || (user !== null && !mayHandOver(user, main))) throw new Refusal('FORBIDDEN');
    if (user !== null && user.id === main.customer) checkRate(given, user, change);
    if (main.status === 'closed') throw new Refusal('CLOSED');
    const assignee = set.userOf(main.assignee);
    // A customer who has a person already has what they ask for.
    const stays = user !== null && user.id === main.customer && assignee?.role !== 'bot';
    return putInCharge(given, change, main, user, stays ? assignee : null);
  },
};

function wantConversation(change: ClaimChange | HandoverChange, want: Want): void {
  wantAsker(change.by, want);
  if (change.by.user === null) want.conversation(change.conversation);
  else want.participant(change.conversation, change.by.user);
}

function putInCharge(
  given: Case,
  change: ClaimChange | HandoverChange,
  main: ConversationRow,
  by: UserRow | null,
  to: UserRow | null,
): Ruling {
  const story = new Story(given, main, change.by.line);
  if (main.assignee === (to?.id ?? null)) {
    return { value: { conversation: story.conversationFor(by) }, publications: [] };
  }
  main.rev += 1;
  main.position = given.position;
  assign(given, main, to);
  story.updated();
  story.notes(writeNotes(given, main, [{ code: 'assigned', by, to }]));
  return { value: { conversation: story.conversationFor(by) }, publications: [story.end()] };
}
