/** Rows of the working set as the shapes that people are told. */
import type { ConversationRow, MessageRow, ParticipantRow, UserRow } from '../../db/rows.ts';
import type { WorkingSet } from '../../db/working-set.ts';
import type { Conversation } from '../../protocol/conversation.ts';
import type { Message } from '../../protocol/message.ts';
import type { Person } from '../../protocol/person.ts';
import { attachmentView, conversationView, messageView, personOfAuthor } from '../views.ts';
import type { Case } from './rule.ts';
import { tagsOf } from './tags.ts';

/** The conversation with all that the team may know; `publish` takes out what a reader may not. */
export function describeConversation({ set, limits }: Case, row: ConversationRow): Conversation {
  const side = set.sides.get(row.id);
  return conversationView(
    row,
    {
      participants: row.kind === 'room' ? [] : participantsIn(set, row),
      assignee: set.userOf(row.assignee),
      lastAuthorUuid: set.userOf(row.lastUser)?.uuid ?? null,
      ...(side === undefined ? {} : { side }),
      tags: side === undefined ? [] : tagsOf(set, side),
    },
    { maxLength: limits.maxLength },
  );
}

function participantsIn(set: WorkingSet, row: ConversationRow): [ParticipantRow, UserRow][] {
  const found: [ParticipantRow, UserRow][] = [];
  for (const participant of set.participantsOf(row.id).values()) {
    const user = participant === null ? undefined : set.users.get(participant.user);
    if (participant !== null && user !== undefined) found.push([participant, user]);
  }
  // In the order in which readings find them, whoever was loaded or came first.
  return found.toSorted(([, a], [, b]) => a.id - b.id);
}

export function describeMessage({ set }: Case, row: MessageRow, thread: ConversationRow): Message {
  const attachments = (set.attachmentsOf.get(row.id) ?? []).map(attachmentView);
  return messageView(row, thread.uuid, (author) => personWritten(set, author), attachments);
}

function personWritten(set: WorkingSet, author: number): Person | null {
  const row = set.authorOf(author);
  const user = set.userOf(row?.user);
  return row === null || user === null ? null : personOfAuthor(row, user.uuid);
}
