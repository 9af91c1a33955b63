/** Beginning a conversation by name: support anew each time, direct and what the host names found or made. */
import { directKey, externalKey, supportKey } from '../../db/conversation-keys.ts';
import type { ConversationRow, UserRow } from '../../db/rows.ts';
import type { Want } from '../../db/want.ts';
import type { WorkingSet } from '../../db/working-set.ts';
import { misshapen, Refusal } from '../../protocol/refusal.ts';
import { mayRead } from '../access.ts';
import type { CreateConversationChange } from '../change.ts';
import { askerOf, wantAsker } from './asker.ts';
import { assignableUser, offeredUser } from './assignee.ts';
import { customerNamed } from './customer.ts';
import { checkGuest, guestUser, wantGuest } from './guest.ts';
import { addParticipant, joinedNow, makeDirect, makeRoom, makeSupport } from './make.ts';
import type { Case, Rule } from './rule.ts';
import { checkRate } from './sending-rate.ts';
import { Story } from './story.ts';
import { directPartner, userNamed } from './target.ts';

type Create<K> = Extract<CreateConversationChange, { kind: K }>;

export const createConversation: Rule<CreateConversationChange> = {
  want(change, want) {
    wantAsker(change.by, want);
    const { user } = change.by;
    const { id } = change.beginning;
    if (id !== null && user !== null) want.participant(id, user);
    else if (id !== null) want.conversation(id);
    if (change.kind === 'support') wantSupport(change, want);
    else if (change.kind === 'direct') {
      if (user !== null) want.direct(user, change.user);
    } else {
      if (change.externalId !== null) want.openKey(externalKey(change.externalId), user);
      for (const guest of change.guests) wantGuest(guest, want);
    }
  },

  decide(given, change) {
    const { set } = given;
    const user = askerOf(set, change.by);
    const known = change.beginning.id === null ? null : set.conversationsByUuid.get(change.beginning.id);
    if (known) return again(given, change, user, known);
    switch (change.kind) {
      case 'support':
        return support(given, change, user);
      case 'direct':
        return direct(given, change, user);
      case 'room':
        return room(given, change, user);
    }
  },
};

function wantSupport(change: Create<'support'>, want: Want): void {
  if (change.customer !== null) want.support(change.queue, change.customer);
  else if (change.by.user !== null) want.openKey(supportKey(change.queue, change.by.user));
  if (change.assignee !== null) want.authors(change.assignee);
  want.settings();
}

/** The id was used before: by the same for the same it is a retry. */
function again(given: Case, change: CreateConversationChange, user: UserRow | null, row: ConversationRow) {
  const inside = user !== null && given.set.participantsOf(row.id).get(user.id)?.leftAt === null;
  const readable = user === null || mayRead(user, row, inside);
  if (!readable || row.kind !== change.kind || !isWith(given.set, change, user, row)) {
    throw new Refusal('IN_USE', { details: { path: 'id' } });
  }
  return found(given, row, user);
}

/** Whether `row` is with those whom the change means. */
function isWith(set: WorkingSet, change: CreateConversationChange, user: UserRow | null, row: ConversationRow) {
  switch (change.kind) {
    case 'support':
      return row.customer === (change.customer === null ? user : set.usersByUuid.get(change.customer.uuid))?.id;
    case 'direct':
      return user !== null && row.openKey === directKey(user.id, userNamed(set, change.user)?.id ?? -1);
    case 'room':
      return row.externalId === change.externalId;
  }
}

function found(given: Case, row: ConversationRow, user: UserRow | null) {
  const conversation = new Story(given, row, null).conversationFor(user);
  return { value: { conversation, made: false }, publications: [] };
}

function made(given: Case, row: ConversationRow, story: Story, user: UserRow | null) {
  for (const id of given.set.participantsOf(row.id).keys()) story.comesIn(id);
  return { value: { conversation: story.conversationFor(user), made: true }, publications: [story.end()] };
}

function support(given: Case, change: Create<'support'>, user: UserRow | null) {
  const { set } = given;
  const customer = customerOf(set, change, user);
  const assignee = change.assignee === null ? null : assigneeFor(set, user, change.assignee.uuid);
  if (user?.role === 'user') checkRate(given, user, change);
  const row = makeSupport(given, change.beginning, {
    customer,
    by: user,
    queue: change.queue,
    subject: change.subject,
    assignee,
  });
  return made(given, row, new Story(given, row, change.by.line, true), user);
}

/** Whoever is not offered is the same to a customer whether they are there or not. */
function assigneeFor(set: WorkingSet, user: UserRow | null, uuid: string): UserRow {
  if (user?.role !== 'user') return assignableUser(set, uuid);
  const offered = offeredUser(set, uuid);
  if (offered === null) throw new Refusal('FORBIDDEN', { message: 'Nobody of that id is offered to be chosen.' });
  return offered;
}

function customerOf(set: WorkingSet, change: Create<'support'>, user: UserRow | null): UserRow {
  if (change.customer === null) {
    if (user === null || user.role !== 'user') {
      throw misshapen('customerId', 'is required: say whose conversation it is');
    }
    return user;
  }
  return customerNamed(set, user, change.customer.uuid);
}

function direct(given: Case, change: Create<'direct'>, user: UserRow | null) {
  const { set, limits } = given;
  const { me, they } = directPartner(set, limits.direct, user, change.user);
  const row = set.conversationsByOpenKey.get(directKey(me.id, they.id));
  if (row) return found(given, row, user);
  if (me.role === 'user') checkRate(given, me, change);
  const fresh = makeDirect(given, change.beginning, me, they);
  return made(given, fresh, new Story(given, fresh, change.by.line, true), user);
}

function room(given: Case, change: Create<'room'>, user: UserRow | null) {
  const { set } = given;
  if (user !== null && user.role !== 'admin') throw new Refusal('FORBIDDEN');
  const row = change.externalId === null ? null : set.conversationsByOpenKey.get(externalKey(change.externalId));
  if (row) {
    const inside = user === null || set.participantsOf(row.id).get(user.id)?.leftAt === null;
    if (!inside) throw new Refusal('IN_USE', { details: { path: 'externalId' } });
    return found(given, row, user);
  }
  // Who cannot come in is found out before anybody is made.
  for (const guest of change.guests) checkGuest(set, guest, user);
  const guests = change.guests.map((guest) => ({ guest, user: guestUser(given, guest) }));
  const fresh = makeRoom(given, change.beginning, change);
  const story = new Story(given, fresh, change.by.line, true);
  const inside = new Set<number>();
  for (const { guest, user: who } of guests) {
    if (inside.has(who.id)) continue;
    inside.add(who.id);
    const { title = null, moderator = false } = guest;
    addParticipant(given, fresh, { ...joinedNow(given, fresh, who), title, moderator });
  }
  if (user !== null && !inside.has(user.id)) {
    addParticipant(given, fresh, { ...joinedNow(given, fresh, user), moderator: true });
  }
  return made(given, fresh, story, user);
}
