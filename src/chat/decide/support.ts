/** What a message, a status or an assignee does to a support conversation, and the notes of it in its side. */

import { supportKey } from '../../db/conversation-keys.ts';
import type { ConversationRow, MessageRow, UserRow } from '../../db/rows.ts';
import type { SystemRow } from '../../db/schema/messages.ts';
import type { WorkingSet } from '../../db/working-set.ts';
import { answersCustomers, isPersonOfTeam, isTeam } from '../access.ts';
import { append } from './append.ts';
import { authorOf } from './author.ts';
import type { Case } from './rule.ts';
import { askBot, endTurns } from './turns.ts';

/** A change of the main conversation that its side tells in a system message. */
export type SideNote =
  | { code: 'closed' | 'reopened'; by: UserRow | null }
  | { code: 'assigned'; by: UserRow | null; to: UserRow | null }
  | { code: 'bot_failed' | 'merged' }
  | { code: 'tags'; by: UserRow | null; added: string[]; removed: string[] }
  | { code: 'snoozed'; by: UserRow | null; until: number | null }
  | { code: 'rated'; comment: string };

/** Writes the notes into the side conversation, a rev each. Gives the messages. */
export function writeNotes(given: Case, main: ConversationRow, notes: readonly SideNote[]): MessageRow[] {
  const side = given.set.sides.get(main.id);
  if (side === undefined) return [];
  return notes.map((note) => {
    side.rev += 1;
    const system = systemOf(given.set, note);
    const content = note.code === 'rated' ? note.comment : '';
    return append(given, side, { author: null, content, extra: { system }, afterSeq: main.seq, system: true });
  });
}

function systemOf(set: WorkingSet, note: SideNote): SystemRow {
  const keyOf = (user: UserRow | null) => (user === null ? null : authorOf(set, user).id);
  if (!('by' in note)) return { code: note.code };
  const by = keyOf(note.by);
  switch (note.code) {
    case 'assigned':
      return { code: note.code, by, to: keyOf(note.to) };
    case 'tags':
      return { code: note.code, by, added: note.added, removed: note.removed };
    case 'snoozed':
      return { code: note.code, by, until: note.until };
    default:
      return { code: note.code, by };
  }
}

/** Whether a new assignee answers by itself, so that nobody is waited for. */
function isBot(user: UserRow | null): boolean {
  return user?.role === 'bot';
}

/** Whether a bot's turn comes when the customer writes: one that is switched off answers nobody. */
export function answersByItself(user: UserRow | null): user is UserRow {
  return user !== null && isBot(user) && user.disabledAt === null && user.blockedAt === null && user.erasedAt === null;
}

/** Puts `to` in charge; without anybody the conversation waits in its queue. */
export function assign(given: Case, main: ConversationRow, to: UserRow | null): void {
  const { set, position } = given;
  if (main.assignee !== (to?.id ?? null)) endTurns(given, main);
  main.assignee = to?.id ?? null;
  // What the customer said last and nobody has answered is for the bot to answer.
  const unanswered = main.lastSeq !== null && main.lastUser === main.customer ? main.lastSeq : null;
  if (answersByItself(to) && unanswered !== null) askBot(given, main, to.id, unanswered);
  if (isBot(to)) main.waiting = null;
  else if (to === null && main.status === 'open') main.waiting ??= position;
  set.marked.conversations.save(main);
}

/** What is closed is put off no longer. Gives the notes for the side, in their order. */
export function close(given: Case, main: ConversationRow, by: UserRow | null): SideNote[] {
  const { set, at } = given;
  const notes: SideNote[] = snooze(given, main, null) ? [{ code: 'snoozed', by, until: null }] : [];
  endTurns(given, main);
  main.status = 'closed';
  main.closedAt = at;
  main.waiting = null;
  if (main.kind === 'support') giveUpKey(set, main);
  set.marked.conversations.save(main);
  notes.push({ code: 'closed', by });
  return notes;
}

/** Opens it again; its assignee stays if they can still answer, else it waits in the queue. */
export function reopen(given: Case, main: ConversationRow): { lostAssignee: boolean } {
  const { set } = given;
  main.status = 'open';
  main.closedAt = null;
  if (main.kind === 'support') takeKey(set, main);
  set.marked.conversations.save(main);
  if (main.kind !== 'support') return { lostAssignee: false };
  const assignee = set.userOf(main.assignee);
  if (assignee === null) {
    main.waiting ??= given.position;
    return { lostAssignee: false };
  }
  if (answersCustomers(assignee)) return { lostAssignee: false };
  assign(given, main, null);
  return { lostAssignee: true };
}

/**
 * Puts off: the conversation leaves the team's open ones until a time, or until its customer writes again. Kept on the
 * side: its customer is told nothing.
 *
 * @param until ms; null ends it
 * @returns whether that changed anything: its note is then to be written
 */
export function snooze({ set }: Case, main: ConversationRow, until: number | null): boolean {
  const side = set.sides.get(main.id);
  if (side === undefined || side.snoozedUntil === until) return false;
  side.snoozedUntil = until;
  set.marked.conversations.save(side);
  return true;
}

function giveUpKey(set: Case['set'], main: ConversationRow): void {
  if (main.openKey === null) return;
  set.conversationsByOpenKey.set(main.openKey, null);
  main.openKey = null;
}

/** Takes the key back, if no other open conversation holds it. */
function takeKey(set: Case['set'], main: ConversationRow): void {
  if (main.customer === null || main.queue === null) return;
  const key = supportKey(main.queue, main.customer);
  if (set.conversationsByOpenKey.get(key)) return;
  main.openKey = key;
  set.conversationsByOpenKey.set(key, main);
}

/**
 * What a message of `author` changes beyond itself: a customer's reopens, a person's of the team takes over what
 * nobody or a bot had. Gives the notes for the side, in their order.
 */
export function onMessage(given: Case, main: ConversationRow, author: UserRow): SideNote[] {
  const { set, position, at } = given;
  const notes: SideNote[] = [];
  const assignee = set.userOf(main.assignee);
  if (author.id === main.customer) {
    if (snooze(given, main, null)) notes.push({ code: 'snoozed', by: author, until: null });
    if (main.status === 'closed') {
      const { lostAssignee } = reopen(given, main);
      notes.push({ code: 'reopened', by: author });
      if (lostAssignee) notes.push({ code: 'assigned', by: null, to: null });
    }
    const answering = set.userOf(main.assignee);
    if (isBot(answering) && !answersByItself(answering)) {
      assign(given, main, null);
      notes.push({ code: 'assigned', by: null, to: null });
    }
    if (!isBot(answering) && main.waiting === null) main.waiting = position;
    return notes;
  }
  if (isTeam(author.role) && (assignee === null || isBot(assignee))) {
    assign(given, main, author);
    notes.push({ code: 'assigned', by: author, to: author });
  }
  if (isPersonOfTeam(author.role)) {
    main.waiting = null;
    if (main.firstResponseAt === null) {
      main.firstResponseAt = at;
      set.marked.conversations.save(main);
    }
  }
  return notes;
}
