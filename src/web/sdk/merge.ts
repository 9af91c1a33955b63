import type { Conversation } from '../../protocol/conversation.ts';
import type { DurableEvent } from '../../protocol/events.ts';
import type { Message } from '../../protocol/message.ts';
import type { Participant } from '../../protocol/participant.ts';

/** The right one of two copies of a message: the higher rev; of the same rev, while it streams, the longer. */
export function mergeMessage(held: Message | undefined, other: Message): Message {
  if (!held || other.rev > held.rev) return other;
  if (other.rev < held.rev) return held;
  const longer = (other.content?.length ?? 0) > (held.content?.length ?? 0);
  return held.state === 'streaming' && longer ? other : held;
}

/** The higher rev of two copies of a participant, with each mark the higher. */
export function mergeParticipant(held: Participant | undefined, other: Participant): Participant {
  if (!held) return other;
  const newer = other.rev >= held.rev ? other : held;
  const read = other.readSeq >= held.readSeq ? other : held;
  return {
    ...newer,
    readSeq: read.readSeq,
    readAt: read.readAt,
    deliveredSeq: Math.max(held.deliveredSeq, other.deliveredSeq),
  };
}

/**
 * The right one of two copies of a conversation: the higher rev, its `team` by `team.rev`, each mark the higher. `my` is
 * not looked at: it belongs to a rev of its own (unread.ts) and comes out as `held` has it.
 */
export function mergeConversation(held: Conversation | undefined, other: Conversation): Conversation {
  if (!held) return other;
  const [lower, upper] = other.rev >= held.rev ? [held, other] : [other, held];
  const merged: Conversation = {
    ...upper,
    participants: upper.participants.map((one) =>
      mergeParticipant(
        lower.participants.find((former) => former.user.id === one.user.id),
        one,
      ),
    ),
  };
  if (lower.team && upper.team && lower.team.rev > upper.team.rev) merged.team = lower.team;
  // Of an equal rev one copy may be from where the side conversation is not told (an answer to a customer's own call).
  else if (lower.team && !upper.team && lower.rev === upper.rev) merged.team = lower.team;
  if ((lower.teamReadSeq ?? 0) > (upper.teamReadSeq ?? 0)) {
    merged.teamReadSeq = lower.teamReadSeq as number;
    merged.teamReadAt = lower.teamReadAt ?? null;
  }
  if (held.my) merged.my = held.my;
  else delete merged.my;
  return merged;
}

/** A message as `Conversation.last` shows it: the first 120 code points. */
export function lastOf(message: Message): NonNullable<Conversation['last']> {
  return {
    seq: message.seq,
    authorId: message.author?.id ?? null,
    kind: message.kind,
    text: [...(message.content ?? '')].slice(0, 120).join(''),
    at: message.createdAt,
  };
}

type MessageEvent = Extract<DurableEvent, { message: unknown }>;

/** A conversation with what a message's event without a copy tells of it. */
export function withMessage(conversation: Conversation, event: MessageEvent): Conversation {
  const { message, rev } = event;
  const next: Conversation = { ...conversation, rev };
  if (message.seq > conversation.seq) {
    next.seq = message.seq;
    if (message.kind === 'system') {
      const step = message.system?.code === 'joined' ? 1 : message.system?.code === 'left' ? -1 : 0;
      if (conversation.participantCount !== undefined) next.participantCount = conversation.participantCount + step;
    } else {
      next.last = lastOf(message);
      // The position itself is not told; the time of writing is its wall clock, and it never falls.
      next.activity = Math.max(conversation.activity + 1, Date.parse(message.createdAt) * 1000);
      const role = message.author?.role;
      if (conversation.kind === 'support' && role !== 'user' && role !== 'bot') {
        next.teamReadSeq = message.seq;
        next.teamReadAt = message.createdAt;
      }
    }
  } else if (conversation.last?.seq === message.seq && !message.deletedAt) {
    next.last = lastOf(message);
  }
  return next;
}
