/** Changing a conversation: status, assignee, subject, length. One request is one rev, whatever it changes. */
import type { ConversationRow, UserRow } from '../../db/rows.ts';
import { misshapen, Refusal } from '../../protocol/refusal.ts';
import { mayChange } from '../access.ts';
import type { PatchConversationChange } from '../change.ts';
import { askerOf, checkKeyKnows, wantAsker } from './asker.ts';
import { assignableUser } from './assignee.ts';
import type { Case, Rule } from './rule.ts';
import { checkSeen } from './seen.ts';
import { Story } from './story.ts';
import { assign, close, reopen, type SideNote, writeNotes } from './support.ts';
import { threadFor } from './thread.ts';

export const patchConversation: Rule<PatchConversationChange> = {
  want(change, want) {
    wantAsker(change.by, want);
    if (change.by.user === null) want.conversation(change.conversation);
    else want.participant(change.conversation, change.by.user);
    if (change.assignee) want.authors(change.assignee);
    if (change.ifSeq !== null) want.tail(change.conversation);
  },

  decide(given, change) {
    const { set } = given;
    const user = askerOf(set, change.by);
    const { row, main, me } = threadFor(set, user, change.conversation);
    if (row !== main) throw new Refusal('NOT_FOUND');
    checkKeyKnows(set, change.by, main);
    checkAllowed(change, user, main, me?.moderator === true);
    const assignee = change.assignee ? assignableUser(set, change.assignee.uuid) : change.assignee;
    checkSeen(given, change.ifSeq, user, main);
    const story = new Story(given, main, change.by.line);
    const changes = plan(change, main, assignee);
    if (!changes.any) return { value: { conversation: story.conversationFor(user) }, publications: [] };
    main.rev += 1;
    main.position = given.position;
    const notes = carryOut(given, changes, main, user);
    set.marked.conversations.save(main);
    story.updated();
    if (main.kind === 'support') {
      const side = set.sides.get(main.id) as ConversationRow;
      for (const note of writeNotes(given, main, notes)) {
        story.message('message.created', note, side, { answered: false, tellsMore: false });
      }
    }
    return { value: { conversation: story.conversationFor(user) }, publications: [story.end()] };
  },
};

function checkAllowed(
  change: PatchConversationChange,
  user: UserRow | null,
  main: ConversationRow,
  moderator: boolean,
) {
  const allowed = user === null ? (main.kind === 'direct' ? false : 'all') : mayChange(user, main, moderator);
  if (allowed === false) throw new Refusal('FORBIDDEN');
  if (allowed === 'close-release') {
    const other = change.subject !== undefined || change.maxLength !== undefined || change.status === 'open';
    if (other || change.assignee) {
      throw new Refusal('FORBIDDEN', { message: 'A peer may close and release what is assigned to them.' });
    }
  }
  if (main.kind !== 'support' && change.assignee !== undefined) {
    throw misshapen('assigneeId', 'is for support conversations');
  }
}

interface Plan {
  any: boolean;
  status: 'open' | 'closed' | null;
  assignee: UserRow | null | undefined;
  subject: string | null | undefined;
  maxLength: number | null | undefined;
}

/** What of the request differs from what is. */
function plan(change: PatchConversationChange, main: ConversationRow, assignee: UserRow | null | undefined): Plan {
  const status = change.status !== undefined && change.status !== main.status ? change.status : null;
  const to = assignee !== undefined && (assignee?.id ?? null) !== main.assignee ? assignee : undefined;
  const subject = change.subject !== undefined && change.subject !== main.subject ? change.subject : undefined;
  const length = change.maxLength !== undefined && change.maxLength !== main.maxLength ? change.maxLength : undefined;
  const any = status !== null || to !== undefined || subject !== undefined || length !== undefined;
  return { any, status, assignee: to, subject, maxLength: length };
}

function carryOut(given: Case, changes: Plan, main: ConversationRow, user: UserRow | null): SideNote[] {
  const notes: SideNote[] = [];
  let lost = false;
  if (changes.subject !== undefined) main.subject = changes.subject;
  if (changes.maxLength !== undefined) main.maxLength = changes.maxLength;
  if (changes.status === 'closed') {
    close(given, main);
    notes.push({ code: 'closed', by: user });
  }
  // Before it is opened: who is put in charge in the same request lets nobody wait.
  if (changes.assignee !== undefined) assign(given, main, changes.assignee);
  if (changes.status === 'open') {
    lost = reopen(given, main).lostAssignee;
    notes.push({ code: 'reopened', by: user });
  }
  if (changes.assignee !== undefined) {
    notes.push({ code: 'assigned', by: user, to: changes.assignee });
  } else if (lost) notes.push({ code: 'assigned', by: null, to: null });
  return notes;
}
