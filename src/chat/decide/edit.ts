/** Editing, deleting and stopping: what is done to a message that is there. */
import type { MessageRow, UserRow } from '../../db/rows.ts';
import type { WorkingSet } from '../../db/working-set.ts';
import { codePointLength } from '../../protocol/code-points.ts';
import { MAX_MESSAGE_LENGTH } from '../../protocol/limits.ts';
import { misshapen, Refusal } from '../../protocol/refusal.ts';
import { mayWrite, speaksForTeam } from '../access.ts';
import type { EditChange, StopChange } from '../change.ts';
import { showLast } from './append.ts';
import { userAsking, wantAsker } from './asker.ts';
import type { Case, Rule } from './rule.ts';
import { Story } from './story.ts';
import { type Thread, threadFor } from './thread.ts';
import { endTurnOf } from './turns.ts';

/** The message of that id in a thread, or 404: an id of another conversation's message finds nothing here. */
export function messageIn(set: WorkingSet, thread: Thread, id: string): MessageRow {
  const message = set.messagesOf(thread.row.id).get(id);
  if (!message) throw new Refusal('NOT_FOUND');
  return message;
}

/** Takes the conversation's next rev for a message that changes, and tells it. */
export function changed(
  given: Case,
  thread: Thread,
  message: MessageRow,
  story: Story,
  type: 'message.updated' | 'message.deleted',
  user: UserRow | null,
  wasLast: boolean,
) {
  const { set, position } = given;
  const { row, main } = thread;
  row.rev += 1;
  row.position = position;
  message.rev = row.rev;
  message.changed = true;
  set.marked.messages.save(message);
  set.marked.conversations.touch(row);
  const told = story.message(type, message, row, { answered: true, tellsMore: wasLast });
  const ended = story.end();
  const sees = wasLast || row !== main || (user !== null && speaksForTeam(user, main)) || user === null;
  return {
    value: { message: told, ...(sees ? { conversation: story.conversationFor(user) } : {}) },
    publications: [ended],
  };
}

export const edit: Rule<EditChange> = {
  want(change, want) {
    wantAsker(change.by, want);
    if (change.by.user !== null) want.participant(change.conversation, change.by.user);
    want.message(change.conversation, change.id);
  },

  decide(given, change) {
    const { set, limits, at } = given;
    const user = userAsking(set, change.by);
    const thread = threadFor(set, user, change.conversation);
    const message = messageIn(set, thread, change.id);
    // Before whose it is: it is nobody's to edit before it is whole.
    if (message.state === 'streaming') throw new Refusal('STREAMING');
    if (set.writerOf(message) !== user.id || user.role === 'bot') throw new Refusal('FORBIDDEN');
    if (thread.row === thread.main && !mayWrite(user, thread.main)) throw new Refusal('FORBIDDEN');
    const binds = user.role === 'user' ? (thread.main.maxLength ?? limits.maxLength) : MAX_MESSAGE_LENGTH;
    if (codePointLength(change.content) > binds) {
      throw misshapen('content', `must have at most ${binds} characters`);
    }
    if (change.content === '' && !set.attachmentsOf.has(message.id)) {
      throw misshapen('content', 'must not be empty: delete the message instead');
    }
    if (message.deletedAt !== null) throw new Refusal('DELETED');
    if (at - message.createdAt > limits.editWindowMs) throw new Refusal('EDIT_WINDOW');
    if (thread.main.status === 'closed' && thread.main.kind !== 'support') throw new Refusal('CLOSED');
    if (message.content === change.content) return same(given, thread, message, user);
    const { row, main } = thread;
    const story = new Story(given, main, change.by.line);
    const wasLast = row.lastSeq === message.seq;
    message.content = change.content;
    message.editedAt = at;
    if (wasLast) showLast(row, message, set.authorOf(message.author));
    return changed(given, thread, message, story, 'message.updated', user, wasLast);
  },
};

/** Nothing to change: answered as it is, told to nobody. */
export function same(given: Case, { row, main }: Thread, message: MessageRow, user: UserRow | null) {
  const story = new Story(given, main, null);
  const told = story.message('message.updated', message, row, { answered: true, tellsMore: false });
  const sees = user !== null && speaksForTeam(user, main);
  return { value: { message: told, ...(sees ? { conversation: story.conversationFor(user) } : {}) }, publications: [] };
}

/** Stops a streaming answer. One that is whole stays as it is: to stop late is no error. */
export const stop: Rule<StopChange> = {
  want(change, want) {
    wantAsker(change.by, want);
    if (change.by.user !== null) want.participant(change.conversation, change.by.user);
    want.message(change.conversation, change.id);
  },

  decide(given, change) {
    const { set } = given;
    const user = userAsking(set, change.by);
    const thread = threadFor(set, user, change.conversation);
    const message = messageIn(set, thread, change.id);
    if (thread.row === thread.main && !mayWrite(user, thread.main)) throw new Refusal('FORBIDDEN');
    if (message.state !== 'streaming') return same(given, thread, message, user);
    const story = new Story(given, thread.main, change.by.line);
    message.state = 'stopped';
    // More was told than was kept: what everybody has seen stays.
    if (change.text !== null && change.text.length > (message.content ?? '').length) message.content = change.text;
    const wasLast = thread.row.lastSeq === message.seq;
    const author = set.authorOf(message.author);
    if (wasLast) showLast(thread.row, message, author);
    endTurnOf(given, thread.main, message.seq);
    return changed(given, thread, message, story, 'message.updated', user, wasLast);
  },
};
