/** Changing a conversation: status, assignee, subject, length. One request is one rev, whatever it changes. */
import type { ConversationRow, UserRow } from '../../db/rows.ts';
import { misshapen, Refusal } from '../../protocol/refusal.ts';
import { isPersonOfTeam, mayChange } from '../access.ts';
import type { PatchConversationChange } from '../change.ts';
import { askerOf, checkKeyKnows, wantAsker } from './asker.ts';
import { assignableUser } from './assignee.ts';
import { note } from './audit.ts';
import type { Case, Rule } from './rule.ts';
import { checkSeen } from './seen.ts';
import { Story } from './story.ts';
import { assign, close, reopen, type SideNote, snooze, writeNotes } from './support.ts';
import { setTags } from './tags.ts';
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
    checkSnooze(given, change, main);
    const story = new Story(given, main, change.by.line);
    const changes = plan(change, main, assignee);
    if (changes.any) {
      main.rev += 1;
      main.position = given.position;
      set.marked.conversations.save(main);
    }
    const notes = carryOut(given, changes, change, main, user);
    if (!changes.any && notes.length === 0) {
      return { value: { conversation: story.conversationFor(user) }, publications: [] };
    }
    if (changes.any) story.updated();
    story.notes(writeNotes(given, main, notes));
    noteAssignment(given, change, main, user, changes.assignee);
    noteRoom(given, change, main, user, changes);
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
    const { subject, maxLength, tags, snoozedUntil } = change;
    const others = [subject, maxLength, tags, snoozedUntil].some((given) => given !== undefined);
    if (others || change.status === 'open' || change.assignee) {
      throw new Refusal('FORBIDDEN', { message: 'A peer may close and release what is assigned to them.' });
    }
  }
  if (main.kind === 'support') return;
  const ofSupport = { assigneeId: change.assignee, tags: change.tags, snoozedUntil: change.snoozedUntil };
  for (const [path, given] of Object.entries(ofSupport)) {
    if (given !== undefined) throw misshapen(path, 'is for support conversations');
  }
}

/** Only what is open, and stays so, can be put off, and only until later. */
function checkSnooze({ at }: Case, { snoozedUntil, status }: PatchConversationChange, main: ConversationRow): void {
  if (snoozedUntil === undefined || snoozedUntil === null) return;
  if (snoozedUntil <= at) throw misshapen('snoozedUntil', 'must lie ahead');
  if ((status ?? main.status) === 'closed') throw new Refusal('CLOSED');
}

/** Whom somebody else is put in charge of is noted; taking something oneself is told by its side. */
function noteAssignment(
  given: Case,
  { by }: PatchConversationChange,
  main: ConversationRow,
  user: UserRow | null,
  to: UserRow | null | undefined,
): void {
  if (to === undefined || (to !== null && to.id === user?.id)) return;
  const target = { type: 'conversation', id: main.uuid };
  note(given, by, { action: 'conversation.assign', target, details: { to: to?.uuid ?? null } });
}

/** A room has no side conversation that would tell who of the team, or that the host, changed it. */
function noteRoom(
  given: Case,
  { by }: PatchConversationChange,
  main: ConversationRow,
  user: UserRow | null,
  { status, subject, maxLength }: Plan,
): void {
  if (main.kind !== 'room' || (user !== null && !isPersonOfTeam(user.role))) return;
  const fields = { status: status ?? undefined, subject, maxLength };
  const changed = Object.entries(fields).flatMap(([field, to]) => (to === undefined ? [] : [field]));
  note(given, by, {
    action: 'conversation.patch',
    target: { type: 'conversation', id: main.uuid },
    details: { changed },
  });
}

/** What changes of the conversation itself, which everybody who reads it may see. */
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

/** Gives what the side has to tell of it, in its order. */
function carryOut(
  given: Case,
  changes: Plan,
  { snoozedUntil, tags }: PatchConversationChange,
  main: ConversationRow,
  user: UserRow | null,
): SideNote[] {
  const notes: SideNote[] = [];
  let lost = false;
  if (changes.subject !== undefined) main.subject = changes.subject;
  if (changes.maxLength !== undefined) main.maxLength = changes.maxLength;
  if (snoozedUntil !== undefined && snooze(given, main, snoozedUntil)) {
    notes.push({ code: 'snoozed', by: user, until: snoozedUntil });
  }
  if (changes.status === 'closed') notes.push(...close(given, main, user));
  // Before it is opened: who is put in charge in the same request lets nobody wait.
  if (changes.assignee !== undefined) assign(given, main, changes.assignee);
  if (changes.status === 'open') {
    lost = reopen(given, main).lostAssignee;
    notes.push({ code: 'reopened', by: user });
  }
  if (changes.assignee !== undefined) {
    notes.push({ code: 'assigned', by: user, to: changes.assignee });
  } else if (lost) notes.push({ code: 'assigned', by: null, to: null });
  const side = given.set.sides.get(main.id);
  const tagged = tags === undefined || side === undefined ? null : setTags(given.set, side, tags);
  if (tagged !== null) notes.push({ code: 'tags', by: user, ...tagged });
  return notes;
}
