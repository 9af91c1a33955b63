/**
 * Who may do what. Said here and nowhere else, for readings and for `decide` alike; what may not be read does not
 * exist for who asks (404), and only of what they may read is anything refused (403).
 */
import type { ConversationRow, UserRow } from '../db/rows.ts';
import type { Role } from '../protocol/person.ts';
import type { Caller } from './caller.ts';

/** Who asks, as far as access goes. */
export interface Someone {
  id: number;
  role: Role;
}

/** What of a conversation decides who reads it. */
export type Standing = Pick<ConversationRow, 'id' | 'kind' | 'status' | 'customer' | 'assignee' | 'queue'>;

/** The parts of a support conversation that a reader is shown. */
export type View = 'team' | 'assigned-peer' | 'plain';

export function isTeam(role: Role): boolean {
  return role === 'agent' || role === 'admin';
}

/** Who configures: no key does, whatever its scopes. */
export function isAdmin(caller: Caller): boolean {
  return caller.kind === 'user' && caller.role === 'admin';
}

/** A person of the team: whose answer ends a customer's waiting. */
export function isPersonOfTeam(role: Role): boolean {
  return role === 'peer' || isTeam(role);
}

/** Whether somebody can be put in charge of a support conversation: of the team or a bot, and active. */
export function answersCustomers(
  user: Pick<UserRow, 'role' | 'disabledAt' | 'blockedAt' | 'erasedAt' | 'mergedInto'>,
): boolean {
  if (user.role === 'user' || user.mergedInto !== null) return false;
  return user.disabledAt === null && user.blockedAt === null && user.erasedAt === null;
}

/**
 * @param inside whether `who` is in it now: needed for direct conversations and rooms alone
 */
export function mayRead(who: Someone, conversation: Standing, inside: boolean): boolean {
  switch (conversation.kind) {
    case 'support':
      if (who.id === conversation.customer || isTeam(who.role)) return true;
      if (who.id === conversation.assignee) return who.role === 'peer' || who.role === 'bot';
      return who.role === 'peer' && waitsForPeer(conversation);
    case 'direct':
    case 'room':
      return inside;
    case 'side':
      return false;
  }
}

/** In the queue that peers see: open, and nobody's. */
function waitsForPeer({ status, assignee, queue }: Standing): boolean {
  return status === 'open' && assignee === null && queue === 'peer';
}

/** The side conversation of `parent`: for agents, admins and the assigned peer, and never for its customer. */
export function mayReadSide(who: Someone, parent: Standing): boolean {
  if (who.id === parent.customer) return false;
  return isTeam(who.role) || (who.role === 'peer' && who.id === parent.assignee);
}

/** Of those who may read. */
export function mayWrite(who: Someone, conversation: Standing): boolean {
  if (conversation.kind !== 'support') return true;
  return who.id === conversation.customer || isTeam(who.role) || who.id === conversation.assignee;
}

/** Of those who may read: its author; the team in support; a moderator in a room. */
export function mayDelete(who: Someone, conversation: Standing, author: number | null, moderator: boolean): boolean {
  if (author === who.id) return true;
  if (conversation.kind === 'support' || conversation.kind === 'side') return isTeam(who.role);
  return conversation.kind === 'room' && moderator;
}

/** Changing status, assignee or subject; a peer may only close and release what is assigned to them. */
export function mayChange(who: Someone, conversation: Standing, moderator: boolean): 'all' | 'close-release' | false {
  if (conversation.kind === 'room') return moderator ? 'all' : false;
  if (conversation.kind !== 'support' || who.id === conversation.customer) return false;
  if (isTeam(who.role)) return 'all';
  return who.role === 'peer' && who.id === conversation.assignee ? 'close-release' : false;
}

/** Taking over a support conversation: peers from their queue (and again what they have), the team from both. */
export function mayClaim(who: Someone, conversation: Standing): boolean {
  if (conversation.kind !== 'support' || who.id === conversation.customer) return false;
  if (isTeam(who.role)) return true;
  return who.role === 'peer' && (conversation.queue === 'peer' || conversation.assignee === who.id);
}

/** Asking for a person instead: the customer, who has it, and the team. */
export function mayHandOver(who: Someone, conversation: Standing): boolean {
  return who.id === conversation.customer || who.id === conversation.assignee || isTeam(who.role);
}

/** How much of a support conversation a reader is shown: the side conversation's facts are not for everybody. */
export function viewOf(who: Someone, conversation: Standing): View {
  if (conversation.kind !== 'support' || who.id === conversation.customer) return 'plain';
  if (isTeam(who.role)) return 'team';
  return who.role === 'peer' && who.id === conversation.assignee ? 'assigned-peer' : 'plain';
}

/** The one who speaks for the team in a support conversation, as opposed to its customer. */
export function speaksForTeam(who: Someone, conversation: Standing): boolean {
  return conversation.kind === 'support' && who.id !== conversation.customer;
}
