import type { Conversation } from '../../protocol/conversation.ts';
import type { Message } from '../../protocol/message.ts';
import type { Me } from '../../protocol/person.ts';

type My = NonNullable<Conversation['my']>;

/** `my` and the rev of the conversation up to which it has counted. Events carry no `my`: it is counted on from them. */
export type Counted = { my: My; rev: number };

/** Whether `my` of this conversation is the team's mark, not the caller's own. */
export function isTeams(conversation: Conversation, me: Me): boolean {
  return conversation.kind === 'support' && (me.role === 'agent' || me.role === 'admin' || me.role === 'peer');
}

/** The right one of two: the higher readSeq, then the higher rev. */
export function mergeCounted(held: Counted | undefined, other: Counted): Counted {
  if (!held) return other;
  const newer = other.rev >= held.rev ? other : held;
  const higher = other.my.readSeq > held.my.readSeq ? other : held;
  const right = other.my.readSeq === held.my.readSeq ? newer : higher;
  const moderator = newer.my.moderator ?? right.my.moderator;
  return moderator === undefined ? right : { ...right, my: { ...right.my, moderator } };
}

/**
 * Counts a message's event on. A new message of another counts; a deleted one no longer does; system messages never do;
 * a message of one's own moves the mark when nothing unread lies before it, as the server does. For the team the
 * customer's messages count, and any person's answer reads all before it.
 */
export function countMessage(
  held: My,
  conversation: Conversation,
  me: Me,
  type: 'message.created' | 'message.updated' | 'message.deleted',
  message: Message,
): My {
  const { author, seq } = message;
  if (message.kind === 'system' || !author) return held;
  const team = isTeams(conversation, me);
  const counts = team ? author.role === 'user' : author.id !== me.id;
  if (type === 'message.created') {
    if (counts) return { ...held, unread: held.unread + 1 };
    const reads = team ? author.role !== 'bot' : held.unread === 0;
    return reads ? { ...held, unread: 0, readSeq: Math.max(held.readSeq, seq) } : held;
  }
  const uncounts = type === 'message.deleted' && counts && seq > held.readSeq;
  return uncounts ? { ...held, unread: Math.max(0, held.unread - 1) } : held;
}
