/** Adds a message at the end of a thread: its numbers, and what the thread's row keeps of its newest message. */
import type { AuthorRow, ConversationRow, MessageRow } from '../../db/rows.ts';
import type { MessageExtra } from '../../db/schema/messages.ts';
import type { WorkingSet } from '../../db/working-set.ts';
import { firstCodePoints } from '../../protocol/code-points.ts';
import { LAST_TEXT_LENGTH } from '../../protocol/limits.ts';
import { madeId } from './made-id.ts';
import type { Case } from './rule.ts';
import { addUncounted } from './unread.ts';

export interface NewMessage {
  /** Chosen by who sends; made here for system messages. */
  uuid?: string;
  author: AuthorRow | null;
  content: string;
  extra?: MessageExtra | null;
  /** Of a side conversation's message: the seq that the customer's thread had. */
  afterSeq?: number | null;
  system?: boolean;
  /** It has attachments. */
  file?: boolean;
  /** Of a bot's that is not whole. */
  state?: MessageRow['state'];
}

/** The thread's row must have its new `rev` already: one request is one rev. */
export function append(now: Case, thread: ConversationRow, given: NewMessage): MessageRow {
  const { set, position, at } = now;
  const system = given.system === true;
  const id = set.nextId();
  thread.seq += 1;
  const message: MessageRow = {
    id,
    uuid: given.uuid ?? madeId(now, id),
    conversation: thread.id,
    seq: thread.seq,
    rev: thread.rev,
    kind: system ? 'system' : given.file === true ? 'file' : 'text',
    author: given.author?.id ?? null,
    ai: given.author?.role === 'bot',
    content: given.content,
    state: given.state ?? null,
    extra: given.extra ?? null,
    afterSeq: given.afterSeq ?? null,
    changed: false,
    createdAt: at,
    editedAt: null,
    deletedAt: null,
  };
  set.addMessage(message);
  set.marked.messages.insert(message);
  thread.position = position;
  if (system) addUncounted(set, thread, message.seq);
  else {
    thread.activity = position;
    showLast(thread, message, given.author);
    noteTail(set, thread.id, given.author?.user ?? null, message.seq);
  }
  set.marked.conversations.touch(thread);
  return message;
}

/** Makes `message` the one that lists show; null when none is left. */
export function showLast(thread: ConversationRow, message: MessageRow | null, author: AuthorRow | null): void {
  thread.lastSeq = message?.seq ?? null;
  thread.lastUser = author?.user ?? null;
  thread.lastKind = message?.kind ?? null;
  thread.lastText = message === null ? null : preview(message.content ?? '');
  thread.lastAt = message?.createdAt ?? null;
}

function preview(text: string): string {
  return text.length <= LAST_TEXT_LENGTH ? text : firstCodePoints(text, LAST_TEXT_LENGTH);
}

function noteTail(set: WorkingSet, conversation: number, user: number | null, seq: number): void {
  const tail = set.tails.get(conversation);
  if (tail === undefined) return;
  if (tail.user !== user) {
    tail.otherSeq = tail.seq;
    tail.user = user;
  }
  tail.seq = seq;
}
