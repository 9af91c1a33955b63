/** What the light client holds, and how it takes in what comes exactly next. All else is left to the full client. */
import type { Sync } from '../../../protocol/catching-up.ts';
import type { Conversation } from '../../../protocol/conversation.ts';
import type { DurableEvent, EventOf } from '../../../protocol/events.ts';
import type { Message } from '../../../protocol/message.ts';
import type { Me } from '../../../protocol/person.ts';
import { withMessage } from '../../sdk/merge.ts';
import { countMessage } from '../../sdk/unread.ts';

export type Held = {
  me: Me | undefined;
  readonly conversations: Map<string, Conversation>;
  /** By conversation: the messages of those that are open, by seq, without a hole up to the newest. */
  readonly threads: Map<string, readonly Message[]>;
};

/** A copy of a conversation in place of what is held: marks only rise, and one's own is counted here. */
function renewed(held: Conversation, copy: Conversation): Conversation {
  const { my, teamReadSeq, teamReadAt } = held;
  const isOlder = (copy.teamReadSeq ?? 0) < (teamReadSeq ?? 0);
  return { ...copy, ...(isOlder ? { teamReadSeq, teamReadAt } : {}), my } as Conversation;
}

/** Takes a durable event of a support conversation. Gives false where it is not the next, or more than the next. */
export function takeNext({ me, conversations, threads }: Held, event: DurableEvent): boolean {
  const { conversationId: id, rev } = event;
  const held = conversations.get(id);
  if (!held && event.type === 'conversation.created') {
    const { conversation } = event;
    conversations.set(id, { ...conversation, my: { readSeq: 0, unread: 0 } });
    // A new one is empty, which is all of it: its first message shows at once.
    threads.set(id, []);
    return conversation.kind === 'support' && conversation.seq === 0;
  }
  if (held && rev <= held.rev) return true;
  if (!me || held?.kind !== 'support' || !held.my || rev > held.rev + 1 || 'reset' in event) return false;
  if (!('message' in event)) {
    const copy = 'conversation' in event ? event.conversation : { ...held, participants: [event.participant] };
    conversations.set(id, renewed(held, { ...copy, rev }));
    return true;
  }
  const { type, message, conversation } = event;
  const next = conversation ? renewed(held, conversation) : withMessage(held, event);
  conversations.set(id, { ...next, my: countMessage(held.my, held, me, type, message) });
  const thread = threads.get(id);
  if (thread && type === 'message.created') threads.set(id, [...thread, message]);
  else if (thread) {
    threads.set(
      id,
      thread.map((one) => (one.id === message.id ? message : one)),
    );
  }
  return true;
}

/** Takes a mark of the team's or one's own: they only rise. */
export function takeMark(
  { me, conversations }: Held,
  { conversationId: id, userId, readSeq, readAt, unread }: Omit<EventOf<'participant.read'>, 'type'>,
): void {
  const held = conversations.get(id);
  if (!held) return;
  const { my } = held;
  if (userId === 'team' && readSeq > (held.teamReadSeq ?? 0)) {
    conversations.set(id, { ...held, teamReadSeq: readSeq, teamReadAt: readAt });
  } else if (userId === me?.id && my && readSeq > my.readSeq) {
    conversations.set(id, { ...held, my: { ...my, readSeq, unread: unread ?? my.unread } });
  }
}

/** Takes the newest page of a conversation. Gives false where events were told already that it does not have. */
export function takeNewest({ conversations, threads }: Held, { conversation, messages, more, rev }: Sync): boolean {
  const { id } = conversation;
  const held = conversations.get(id);
  if (more || rev < (held?.rev ?? 0)) return false;
  // What was counted here goes on, unless the page brings what is yet to be told.
  conversations.set(id, held && held.rev === conversation.rev ? renewed(held, conversation) : conversation);
  threads.set(id, messages);
  return true;
}
