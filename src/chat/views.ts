/** Rows as the shapes that people are told. Pure: what is not in the rows is handed in. */
import type {
  AttachmentRow,
  AuthorRow,
  ConversationRow,
  JobRow,
  MessageRow,
  ParticipantRow,
  UserRow,
} from '../db/rows.ts';
import type { SystemRow } from '../db/schema/messages.ts';
import type { Attachment } from '../protocol/attachment.ts';
import type { Conversation, Team } from '../protocol/conversation.ts';
import type { Job } from '../protocol/job.ts';
import type { Message } from '../protocol/message.ts';
import type { Participant } from '../protocol/participant.ts';
import type { Person } from '../protocol/person.ts';
import type { System } from '../protocol/system.ts';
import type { View } from './access.ts';

/** What a batch tells is nearly all of one millisecond, and what is told next of the same second. */
let lastTold = { ms: 0, text: new Date(0).toISOString() };
let lastSecond = { ms: 0, text: lastTold.text.slice(0, -'000Z'.length) };

/** A time of a row, in ms, as it is told. */
export function timeOf(ms: number): string {
  if (lastTold.ms !== ms) {
    const rest = ms - lastSecond.ms;
    lastTold = { ms, text: rest >= 0 && rest < 1000 ? `${lastSecond.text}${milliseconds(rest)}Z` : wholeTimeOf(ms) };
  }
  return lastTold.text;
}

function milliseconds(rest: number): string {
  return rest < 10 ? `00${rest}` : rest < 100 ? `0${rest}` : String(rest);
}

function wholeTimeOf(ms: number): string {
  const text = new Date(ms).toISOString();
  lastSecond = { ms: Math.floor(ms / 1000) * 1000, text: text.slice(0, -'000Z'.length) };
  return text;
}

/** {@link timeOf} of a time that may not have come. */
export function timeOrNull(ms: number | null): string | null {
  return ms === null ? null : timeOf(ms);
}

type Named = Pick<UserRow, 'role' | 'name' | 'title' | 'avatar'>;

function person(id: string, { role, name, avatar }: Named, title: string | null): Person {
  return { id, name, role, ...(title === null ? {} : { title }), ...(avatar === null ? {} : { avatar }) };
}

/** @param title what the user is in one conversation; else the title of the user's own */
export function personOfUser(user: UserRow, title: string | null = null): Person {
  return person(user.uuid, user, title ?? user.title);
}

/** Somebody as they were when they wrote. */
export function personOfAuthor(author: AuthorRow, userUuid: string): Person {
  return person(userUuid, author, author.title);
}

/**
 * @param people an author's row by its key; null when there is none any more
 * @param attachments those of this message; a tombstone shows none whatever is given
 */
export function messageView(
  row: MessageRow,
  conversationUuid: string,
  people: (authorId: number) => Person | null,
  attachments: Attachment[],
): Message {
  const { state, extra, afterSeq } = row;
  const deleted = row.deletedAt !== null;
  const quickReplies = deleted ? undefined : extra?.quickReplies;
  return {
    id: row.uuid,
    conversationId: conversationUuid,
    seq: row.seq,
    rev: row.rev,
    kind: row.kind,
    author: row.author === null ? null : people(row.author),
    ai: row.ai,
    content: deleted ? null : row.content,
    attachments: deleted ? [] : attachments,
    ...(state === null || deleted ? {} : { state }),
    ...(quickReplies === undefined ? {} : { quickReplies }),
    ...(extra?.system === undefined ? {} : { system: systemView(extra.system, people) }),
    ...(afterSeq === null ? {} : { afterSeq }),
    createdAt: timeOf(row.createdAt),
    editedAt: timeOrNull(row.editedAt),
    deletedAt: timeOrNull(row.deletedAt),
  };
}

export function attachmentView(row: AttachmentRow): Attachment {
  const { uuid, name, type, size, width, height, url } = row;
  return {
    id: uuid,
    name,
    type,
    size,
    ...(width === null ? {} : { width }),
    ...(height === null ? {} : { height }),
    ...(url === null ? {} : { url }),
  };
}

function systemView(system: SystemRow, people: (authorId: number) => Person | null): System {
  const found = (author: number | null | undefined) => (author == null ? null : people(author));
  switch (system.code) {
    case 'joined':
    case 'left': {
      const user = found(system.user);
      if (user === null) throw new Error(`a system message "${system.code}" names nobody`);
      return { code: system.code, user };
    }
    case 'assigned':
      return { code: 'assigned', by: found(system.by), to: found(system.to) };
    case 'closed':
    case 'reopened':
      return { code: system.code, by: found(system.by) };
    case 'tags':
      return { code: 'tags', by: found(system.by), added: system.added ?? [], removed: system.removed ?? [] };
    case 'snoozed':
      return { code: 'snoozed', by: found(system.by), until: timeOrNull(system.until ?? null) };
    case 'rated':
    case 'merged':
    case 'bot_failed':
    case 'notice':
      return { code: system.code };
  }
}

export function jobView({ uuid, kind, createdAt }: JobRow): Job {
  return { id: uuid, kind, createdAt: timeOf(createdAt) };
}

export function participantView(row: ParticipantRow, user: UserRow): Participant {
  return {
    user: personOfUser(user, row.title),
    joinedAt: timeOf(row.joinedAt),
    leftAt: timeOrNull(row.leftAt),
    moderator: row.moderator,
    rev: row.rev,
    readSeq: row.readSeq,
    readAt: timeOrNull(row.readAt),
    deliveredSeq: row.deliveredSeq,
  };
}

/** What a conversation's row only refers to. */
export interface ConversationParts {
  assignee?: UserRow | null;
  /** Support: the customer; direct: both; room: none. */
  participants: [ParticipantRow, UserRow][];
  /** UUID of who wrote the message that lists show. */
  lastAuthorUuid: string | null;
  /** The side conversation of a support conversation. */
  side?: ConversationRow;
  /** Of the side, in any order. */
  tags: readonly string[];
}

/**
 * The conversation with all that anybody may know of it: `seenAs` takes out what a reader may not. Without `my`,
 * which is one caller's.
 *
 * @param defaults.maxLength the server's own, in code points, where the conversation says none
 */
export function conversationView(
  row: ConversationRow,
  parts: ConversationParts,
  defaults: { maxLength: number },
): Conversation {
  return {
    id: row.uuid,
    kind: kindOf(row),
    seq: row.seq,
    rev: row.rev,
    status: row.status,
    subject: row.subject,
    ...(row.externalId === null ? {} : { externalId: row.externalId }),
    maxLength: row.maxLength ?? defaults.maxLength,
    participants: parts.participants.map(([participant, user]) => participantView(participant, user)),
    ...(row.kind === 'room' ? { participantCount: row.participantCount } : {}),
    ...(row.kind === 'support' ? supportPart(row, parts.assignee ?? null) : {}),
    last: lastOf(row, parts.lastAuthorUuid),
    activity: row.activity,
    createdAt: timeOf(row.createdAt),
    closedAt: timeOrNull(row.closedAt),
    ...(parts.side === undefined ? {} : { team: teamPart(parts.side, parts.tags) }),
  };
}

function kindOf({ kind }: ConversationRow): Conversation['kind'] {
  if (kind === 'side') throw new Error('a side conversation is told as the `team` of its parent');
  return kind;
}

function supportPart(row: ConversationRow, assignee: UserRow | null) {
  return {
    assignee: assignee === null ? null : personOfUser(assignee),
    queue: row.queue ?? 'agent',
    teamReadSeq: row.teamReadSeq,
    teamReadAt: timeOrNull(row.teamReadAt),
    waiting: row.waiting,
    rating: row.rating,
  };
}

function lastOf(row: ConversationRow, authorId: string | null): Conversation['last'] {
  const { lastSeq: seq, lastKind: kind, lastText: text, lastAt } = row;
  if (seq === null || kind === null || text === null || lastAt === null) return null;
  return { seq, authorId, kind, text, at: timeOf(lastAt) };
}

function teamPart(side: ConversationRow, given: readonly string[]): Team {
  const { uuid: id, seq, rev, ip, userAgent, context } = side;
  const tags = given.toSorted();
  return { id, seq, rev, tags, snoozedUntil: timeOrNull(side.snoozedUntil), ip, userAgent, context };
}

/** What of a conversation a reader of that view is shown; the one given stays as it is. */
export function seenAs(conversation: Conversation, view: View): Conversation {
  if (view === 'team' || conversation.team === undefined) return conversation;
  const { team, ...plain } = conversation;
  return view === 'plain' ? plain : { ...plain, team: { ...team, ip: null, userAgent: null } };
}
