/** Makes conversations: rows at rev 1 with their first participants, and a support conversation's side. */
import { directKey, externalKey, supportKey } from '../../db/conversation-keys.ts';
import { type ConversationRow, newConversation, type ParticipantRow, type UserRow } from '../../db/rows.ts';
import { isPersonOfTeam } from '../access.ts';
import type { Beginning } from '../change.ts';
import { firstAssignee } from './assignee.ts';
import { madeId } from './made-id.ts';
import type { Case } from './rule.ts';
import { writeNotes } from './support.ts';

/** A participation at its beginning: who comes later has read all that was before. */
export function joinedNow({ position, at }: Case, conversation: ConversationRow, user: UserRow): ParticipantRow {
  return {
    conversation: conversation.id,
    user: user.id,
    title: null,
    moderator: false,
    joinedAt: at,
    leftAt: null,
    rev: conversation.rev,
    readSeq: conversation.seq,
    readAt: null,
    deliveredSeq: conversation.seq,
    ownAfterRead: 0,
    markPosition: position,
    memberPosition: position,
  };
}

export function addParticipant(given: Case, conversation: ConversationRow, row: ParticipantRow): void {
  given.set.addParticipant(row);
  given.set.marked.participants.insert(row);
  conversation.participantCount += 1;
}

/** The new row's key and its UUID, chosen or made. */
function named(given: Case, chosen: string | null): { id: number; uuid: string } {
  const id = given.set.nextId();
  return { id, uuid: chosen ?? madeId(given, id) };
}

function begin(given: Case, row: ConversationRow): ConversationRow {
  given.set.addConversation(row);
  given.set.tails.set(row.id, { user: null, seq: 0, otherSeq: 0 });
  given.set.marked.conversations.insert(row);
  return row;
}

/** With its side; it becomes the one that `to` means for this customer and queue, if there is none. */
export function makeSupport(
  given: Case,
  beginning: Beginning,
  about: {
    customer: UserRow;
    /** Who begins it; null: the host. */
    by: UserRow | null;
    queue: 'agent' | 'peer';
    subject: string | null;
    /** Null: whom the settings put there first, if it is not the team that begins. */
    assignee: UserRow | null;
  },
): ConversationRow {
  const { set, position, at } = given;
  const key = supportKey(about.queue, about.customer.id);
  // What is known of the request is the customer's only where they make it themselves.
  const own = about.by?.id === about.customer.id;
  const begunByTeam = about.by !== null && isPersonOfTeam(about.by.role);
  const assignee = about.assignee ?? (begunByTeam ? null : firstAssignee(set, about.queue));
  const row = begin(
    given,
    newConversation({
      ...named(given, beginning.id),
      kind: 'support',
      position,
      createdAt: at,
      openKey: set.conversationsByOpenKey.get(key) ? null : key,
      subject: about.subject,
      customer: about.customer.id,
      queue: about.queue,
      assignee: assignee?.id ?? null,
      waiting: assignee === null ? position : null,
    }),
  );
  begin(
    given,
    newConversation({
      ...named(given, null),
      kind: 'side',
      parent: row.id,
      position,
      createdAt: at,
      ip: own ? beginning.ip : null,
      userAgent: own ? beginning.userAgent : null,
      context: own ? beginning.context : {},
    }),
  );
  addParticipant(given, row, joinedNow(given, row, about.customer));
  if (assignee !== null) {
    writeNotes(given, row, [{ code: 'assigned', by: about.assignee === null ? null : about.by, to: assignee }]);
  }
  return row;
}

export function makeDirect(given: Case, beginning: Beginning, a: UserRow, b: UserRow): ConversationRow {
  const { position, at } = given;
  const row = begin(
    given,
    newConversation({
      ...named(given, beginning.id),
      kind: 'direct',
      position,
      createdAt: at,
      openKey: directKey(a.id, b.id),
    }),
  );
  for (const user of [a, b]) addParticipant(given, row, joinedNow(given, row, user));
  return row;
}

export function makeRoom(
  given: Case,
  beginning: Beginning,
  about: { subject: string | null; externalId: string | null; maxLength: number | null },
): ConversationRow {
  const { position, at } = given;
  return begin(
    given,
    newConversation({
      ...named(given, beginning.id),
      kind: 'room',
      position,
      createdAt: at,
      ...about,
      openKey: about.externalId === null ? null : externalKey(about.externalId),
    }),
  );
}
