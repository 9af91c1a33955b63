/** Where a send goes: a thread that is there, or the one that `to` means, found or made. */
import { directKey, supportKey } from '../../db/conversation-keys.ts';
import type { ConversationRow, MessageRow, UserRow } from '../../db/rows.ts';
import type { Want } from '../../db/want.ts';
import { identityKey, sentKey, type WorkingSet } from '../../db/working-set.ts';
import { misshapen, Refusal } from '../../protocol/refusal.ts';
import type { SendChange, Target } from '../change.ts';
import { customerNamed } from './customer.ts';
import { makeDirect, makeSupport } from './make.ts';
import type { Case } from './rule.ts';

export function wantTarget({ target, by, id }: SendChange, want: Want): void {
  if ('conversation' in target) {
    if (by.user === null) want.conversation(target.conversation);
    else want.participant(target.conversation, by.user);
    want.message(target.conversation, id);
    return;
  }
  if (by.user === null) {
    if ('customer' in target) wantCustomer(target.customer, id, want);
    return;
  }
  if ('support' in target) {
    want.sent(by.user, 'support', id);
    want.openKey(supportKey(target.support, by.user));
    want.settings();
  } else if ('user' in target) {
    want.sent(by.user, 'direct', id);
    want.direct(by.user, target.user);
  } else wantCustomer(target.customer, id, want);
}

function wantCustomer(customer: { uuid: string }, id: string, want: Want): void {
  want.sent(customer, 'support', id);
  want.support('agent', customer);
  want.settings();
}

/** The message that this send is a retry of, sent by `to` before: wherever that was then. */
export function sentEarlier(set: WorkingSet, target: Target, user: UserRow | null, id: string): MessageRow | null {
  if ('conversation' in target) return null;
  const inside = 'customer' in target ? customerNamed(set, user, target.customer.uuid) : user;
  if (inside === null) return null;
  const kind = 'user' in target ? 'direct' : 'support';
  const message = set.sentBefore.get(sentKey(inside.id, kind, id)) ?? null;
  const author = set.writerOf(message);
  return author === (user?.id ?? null) ? message : null;
}

/** Notes what was just sent, for a retry by `to` in the same batch, which has asked for it by now. */
export function noteSent(set: WorkingSet, row: ConversationRow, user: UserRow | null, message: MessageRow): void {
  if (set.sentBefore.size === 0) return;
  const inside = row.kind === 'support' ? row.customer : (user?.id ?? null);
  if (inside === null || (row.kind !== 'support' && row.kind !== 'direct')) return;
  const key = sentKey(inside, row.kind, message.uuid);
  if (!set.sentBefore.get(key)) set.sentBefore.set(key, message);
}

/** Either the conversation, or what has to be made once nothing else refuses. */
export type Found = { row: ConversationRow } | { make: (given: Case) => ConversationRow };

export function findTarget(given: Case, change: SendChange, user: UserRow | null): Found {
  const { set, limits } = given;
  const { target } = change;
  if ('conversation' in target) {
    const row = set.conversationsByUuid.get(target.conversation);
    if (!row) throw new Refusal('NOT_FOUND');
    return { row };
  }
  if ('support' in target) return ownSupport(set, change, user, target.support);
  if ('customer' in target) return customersSupport(set, change, user, target.customer.uuid);
  const other = directPartner(set, limits.direct, user, target.user);
  const row = set.conversationsByOpenKey.get(directKey(other.me.id, other.they.id));
  if (row) return { row };
  return { make: (to) => makeDirect(to, beginningOf(change), other.me, other.they) };
}

function ownSupport(set: WorkingSet, change: SendChange, user: UserRow | null, queue: 'agent' | 'peer'): Found {
  if (user === null || user.role !== 'user') throw new Refusal('FORBIDDEN');
  const row = set.conversationsByOpenKey.get(supportKey(queue, user.id));
  if (row) return { row };
  return {
    make: (given) =>
      makeSupport(given, beginningOf(change), { customer: user, by: user, queue, subject: null, assignee: null }),
  };
}

function customersSupport(set: WorkingSet, change: SendChange, user: UserRow | null, uuid: string): Found {
  const customer = customerNamed(set, user, uuid);
  const row = set.conversationsByOpenKey.get(supportKey('agent', customer.id));
  if (row) return { row };
  return {
    make: (given) =>
      makeSupport(given, beginningOf(change), { customer, by: user, queue: 'agent', subject: null, assignee: null }),
  };
}

/**
 * The two of a direct conversation, if the policy lets `user` begin one with the other. Who may not be known to
 * exist is not found.
 */
export function directPartner(
  set: WorkingSet,
  policy: 'everybody' | 'team' | 'nobody',
  user: UserRow | null,
  named: { uuid: string } | { externalId: string },
): { me: UserRow; they: UserRow } {
  if (user === null) throw new Refusal('FORBIDDEN');
  const they = userNamed(set, named);
  if (they?.id === user.id) {
    throw misshapen('userId', 'must name another user than yourself');
  }
  if (policy === 'nobody' || user.anonymous || user.role === 'bot') throw new Refusal('FORBIDDEN');
  if (!they || they.erasedAt !== null || they.mergedInto !== null) throw new Refusal('NOT_FOUND');
  if (set.conversationsByOpenKey.get(directKey(user.id, they.id))) return { me: user, they };
  if (they.anonymous || they.disabledAt !== null) throw new Refusal('NOT_FOUND');
  const ofTeam = user.role !== 'user' || (they.role !== 'user' && they.role !== 'bot');
  if (policy === 'team' && !ofTeam) throw new Refusal('NOT_FOUND');
  return { me: user, they };
}

/** Somebody named from outside. */
export function userNamed(set: WorkingSet, named: { uuid: string } | { externalId: string }): UserRow | undefined {
  if ('uuid' in named) return set.usersByUuid.get(named.uuid) ?? undefined;
  return set.users.get(set.identities.get(identityKey('host', named.externalId))?.user ?? -1);
}

function beginningOf(change: SendChange) {
  if (change.beginning === null) throw new Error('a send by `to` must bring what a new conversation begins with');
  return change.beginning;
}
