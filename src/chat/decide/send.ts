/**
 * Sending. Judged in this order: access, the id (a retry), `ifSeq`, limits, status; so that a retry that is found is
 * answered even by a conversation that is closed meanwhile, and past the rate.
 */
import type { AttachmentRow, ConversationRow, MessageRow, ParticipantRow, UserRow } from '../../db/rows.ts';
import { codePointLength } from '../../protocol/code-points.ts';
import { MAX_MESSAGE_LENGTH } from '../../protocol/limits.ts';
import { misshapen, Refusal } from '../../protocol/refusal.ts';
import { isPersonOfTeam, speaksForTeam } from '../access.ts';
import type { SendChange } from '../change.ts';
import type { Publication } from '../publication.ts';
import { append } from './append.ts';
import { askerOf, wantAsker } from './asker.ts';
import { attach, bringsTheSame, checkAttachmentCount, uploadsOf, wantAttachments } from './attaching.ts';
import { authorOf } from './author.ts';
import type { Case, Rule } from './rule.ts';
import { checkSeen } from './seen.ts';
import { checkRate } from './sending-rate.ts';
import { Story } from './story.ts';
import { answersByItself, onMessage, writeNotes } from './support.ts';
import { findTarget, noteSent, sentEarlier, wantTarget } from './target.ts';
import { type Thread, writableThread } from './thread.ts';
import { answeredByItself, askBot } from './turns.ts';
import { unreadOf } from './unread.ts';

export const send: Rule<SendChange> = {
  want(change, want) {
    wantAsker(change.by, want);
    wantTarget(change, want);
    wantAttachments(change, want);
    if (change.ifSeq !== null && 'conversation' in change.target) want.tail(change.target.conversation);
  },

  decide(given, change) {
    const { set } = given;
    const user = askerOf(set, change.by);
    const earlier = sentEarlier(set, change.target, user, change.id);
    if (earlier !== null) return retry(given, change, user, earlier);
    const found = findTarget(given, change, user);
    if ('row' in found) {
      const thread = writableThread(set, user, found.row);
      const same = set.messagesOf(thread.row.id).get(change.id);
      if (same) return retry(given, change, user, same);
      checkSeen(given, change.ifSeq, user, thread.row);
      checkLimits(given, change, user, thread.main);
      if (thread.main.status === 'closed' && thread.main.kind !== 'support') throw new Refusal('CLOSED');
      return write(given, change, user, thread, uploadsOf(given, change, user), []);
    }
    checkLimits(given, change, user, null);
    const uploads = uploadsOf(given, change, user);
    const made = found.make(given);
    const opening = new Story(given, made, change.by.line, true);
    for (const id of set.participantsOf(made.id).keys()) opening.comesIn(id);
    const publications: Publication[] = [opening.end()];
    return write(given, change, user, writableThread(set, user, made), uploads, publications);
  },
};

/** The id was used here before: by its author it is a retry, told as the message is now. */
function retry(given: Case, change: SendChange, user: UserRow | null, message: MessageRow) {
  const { set } = given;
  const thread = set.conversations.get(message.conversation);
  const author = set.writerOf(message);
  if (thread === undefined || author !== (user?.id ?? null)) throw new Refusal('ID_REUSED');
  const untouched = message.editedAt === null && message.deletedAt === null;
  const same = message.content === change.content && bringsTheSame(set, message, change, user);
  if (untouched && !same) throw new Refusal('ID_REUSED');
  const main = set.mainOf(thread);
  const story = new Story(given, main, change.by.line);
  const told = story.message('message.created', message, thread, { answered: true, tellsMore: false });
  const value = { message: told, made: false, ...teamSees(main, user, story) };
  return { value, publications: [] };
}

function teamSees(main: ConversationRow, user: UserRow | null, story: Story) {
  return user !== null && speaksForTeam(user, main) ? { conversation: story.conversationFor(user) } : {};
}

function checkLimits(given: Case, change: SendChange, user: UserRow | null, main: ConversationRow | null): void {
  const binds =
    user === null || user.role !== 'user' ? MAX_MESSAGE_LENGTH : (main?.maxLength ?? given.limits.maxLength);
  if (change.content.length > binds && codePointLength(change.content) > binds) {
    throw misshapen('content', `must have at most ${binds} characters`);
  }
  checkAttachmentCount(given, change);
  checkRate(given, user, change);
}

function write(
  given: Case,
  change: SendChange,
  user: UserRow | null,
  thread: Thread,
  uploads: AttachmentRow[],
  before: Publication[],
) {
  const { set } = given;
  const { row, main, me } = thread;
  const story = new Story(given, main, change.by.line);
  const unread = me === null || row !== main ? 0 : unreadOf(set, main, me);
  const assigneeBefore = main.assignee;
  const statusBefore = main.status;
  row.rev += 1;
  const notes = main.kind === 'support' && row === main && user !== null ? onMessage(given, main, user) : [];
  const message = append(given, row, {
    uuid: change.id,
    author: user === null ? null : authorOf(set, user, me?.title ?? null),
    content: change.content,
    extra: extraOf(change),
    afterSeq: row.kind === 'side' ? main.seq : null,
    system: change.system,
    file: uploads.length > 0 || change.link !== null,
  });
  attach(given, message, uploads, change);
  noteSent(set, row, user, message);
  if (row === main && user !== null) tellBot(given, main, user, message.seq);
  if (row === main && user !== null) moveMarks(given, main, me, user, unread);
  const tellsMore = main.status !== statusBefore || main.assignee !== assigneeBefore;
  const told = story.message('message.created', message, row, { answered: true, tellsMore });
  story.notes(writeNotes(given, main, notes));
  const ended = story.end();
  const withConversation =
    before.length > 0 || tellsMore || (user !== null && speaksForTeam(user, main)) || row !== main;
  return {
    value: { message: told, made: true, ...(withConversation ? { conversation: story.conversationFor(user) } : {}) },
    publications: [...before, ended],
  };
}

/** The customer's message is a bot's turn to answer; a bot's own, sent as users do, is its answer. Bots ask no bots. */
function tellBot(given: Case, main: ConversationRow, user: UserRow, seq: number): void {
  if (main.assignee === null) return;
  if (user.id === main.assignee) answeredByItself(given, main, seq);
  else if (user.id === main.customer) {
    const assignee = given.set.userOf(main.assignee);
    if (answersByItself(assignee)) askBot(given, main, assignee.id, seq);
  }
}

function extraOf(change: SendChange) {
  if (change.system) return { system: { code: 'notice' as const } };
  return change.quickReplies === null ? null : { quickReplies: change.quickReplies };
}

/** One's own message is never unread: the mark moves over it, or it is counted apart. */
function moveMarks(given: Case, main: ConversationRow, me: ParticipantRow | null, user: UserRow, unread: number): void {
  const { set, at } = given;
  if (me !== null) {
    if (unread === 0) {
      me.readSeq = main.seq;
      me.ownAfterRead = 0;
    } else me.ownAfterRead += 1;
    set.marked.participants.touch(me);
    return;
  }
  if (isPersonOfTeam(user.role)) {
    main.teamReadSeq = main.seq;
    main.teamReadAt = at;
    main.botAfterRead = 0;
  } else if (user.role === 'bot') main.botAfterRead += 1;
}
