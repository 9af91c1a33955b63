/**
 * An anonymous user becomes a named one: what is theirs passes on, and they are no more. Each conversation takes one
 * rev and is to be read anew; a page of them goes at once, the rest in steps.
 */
import { directKey, supportKey } from '../../db/conversation-keys.ts';
import type { ConversationRow, ParticipantRow, UserRow } from '../../db/rows.ts';
import type { Passing } from '../../db/working-set.ts';
import { closeCodes } from '../../protocol/close-codes.ts';
import { there } from '../../protocol/there.ts';
import { isTeam } from '../access.ts';
import type { MergeStepChange } from '../people/people-change.ts';
import type { Publication, ThreadPublication } from '../publication.ts';
import { note } from './audit.ts';
import { addJob, moveJob } from './jobs.ts';
import { meOf, tellMe } from './people-rows.ts';
import { endLines } from './people-traits.ts';
import type { Case, Rule } from './rule.ts';
import { Story } from './story.ts';
import { assign, type SideNote, writeNotes } from './support.ts';

export interface Merged {
  publications: Publication[];
  /** UUIDs of the conversations that have passed. */
  conversations: string[];
  /** Key of the job that passes on the rest; null: there is none. */
  job: number | null;
}

/** Merges `from` into `to`. `passing` must have been wanted. The lines of `from` end before anything is told. */
export function merge(given: Case, from: UserRow, to: UserRow): Merged {
  const { set } = given;
  const ended = endLines(from, closeCodes.AUTH_CHANGED);
  from.mergedInto = to.id;
  note(given, null, { action: 'user.merge', target: { type: 'user', id: to.uuid }, details: { from: from.uuid } });
  const told = passTraits(given, from, to);
  for (const author of set.authorsOf.get(from.id) ?? []) {
    author.user = to.id;
    set.marked.authors.save(author);
  }
  for (const attachment of set.passing.waiting) {
    attachment.uploader = to.id;
    set.marked.attachments.save(attachment);
  }
  const passed = passConversations(given, from, to);
  const rest = set.passing.more ? addJob(given, 'merge', { from: from.id, to: to.id }) : null;
  return {
    publications: [ended, ...told, ...blockToo(given, from, to), ...passed, ...(rest === null ? [] : [rest.begun])],
    conversations: passed.map(({ conversationId }) => conversationId),
    job: rest?.job.id ?? null,
  };
}

/** The next page of conversations of somebody who was merged. */
export const mergeStep: Rule<MergeStepChange> = {
  alone: true,
  want(change, want) {
    want.row('jobs', change.job);
    want.passing(change.from, change.to);
  },
  decide(given, change) {
    const { set } = given;
    const from = there(set.users.get(change.from), 'who is merged is not there');
    const to = there(set.users.get(change.to), 'into whom they are merged is not there');
    const publications = passConversations(given, from, to);
    if (!set.passing.more) moveJob(given, change.job, null);
    return { value: null, publications };
  },
};

/** What the visitor said of themselves stays where the host says nothing; on their own row nothing stays. */
function passTraits(given: Case, from: UserRow, to: UserRow): Publication[] {
  const { set, at } = given;
  const former = JSON.stringify(meOf(given, to));
  to.name ??= from.name;
  // An address that one logs in with is given by who decides about it, never by a visitor.
  if (to.role === 'user' && to.password === null) to.email ??= from.email;
  to.fields = { ...from.fields, ...to.fields };
  set.marked.users.save(to);
  Object.assign(from, { name: null, email: null, fields: {} });
  set.marked.users.save(from);
  for (const session of set.rows.sessions.values()) {
    if (session?.user !== from.id) continue;
    Object.assign(session, { address: null, userAgent: null, revokedAt: at });
    set.marked.sessions.save(session);
  }
  // The browser goes on as the named user's, whose session there is not known here.
  for (const push of set.rows.pushes.values()) {
    if (push?.user !== from.id) continue;
    Object.assign(push, { user: to.id, session: null });
    set.marked.pushes.save(push);
  }
  return JSON.stringify(meOf(given, to)) === former ? [] : [tellMe(given, to)];
}

/** A block passes on; but who may block visitors may not thereby block the team. */
function blockToo({ set, at }: Case, from: UserRow, to: UserRow): Publication[] {
  if (from.blockedAt === null || to.blockedAt !== null || isTeam(to.role)) return [];
  to.blockedAt = at;
  set.marked.users.save(to);
  return [endLines(to, closeCodes.BLOCKED)];
}

function passConversations(given: Case, from: UserRow, to: UserRow): ThreadPublication[] {
  return given.set.passing.conversations.map((passing) => passConversation(given, passing, from, to));
}

function passConversation(given: Case, passing: Passing, from: UserRow, to: UserRow): ThreadPublication {
  const { set, position } = given;
  const main = there(set.conversations.get(passing.conversation), 'a conversation that passes on is not there');
  const story = new Story(given, main, null);
  main.rev += 1;
  main.resetRev = main.rev;
  main.position = position;
  if (main.lastUser === from.id) main.lastUser = to.id;
  if (joinParticipants(given, main, passing, from, to)) story.comesIn(to.id);
  const notes = main.kind === 'support' ? passSupport(given, main, from, to) : [];
  if (main.kind === 'direct') passDirect(given, main, passing, from, to);
  set.marked.conversations.save(main);
  story.updated(true);
  for (const note of writeNotes(given, main, notes)) {
    const side = set.sides.get(main.id) as ConversationRow;
    side.resetRev = side.rev;
    set.marked.conversations.save(side);
    story.message('message.created', note, side, { answered: false, tellsMore: false });
  }
  return story.end();
}

/** One participation of two: the higher marks. Gives whether the named user was not in it before. */
function joinParticipants(
  { set, position }: Case,
  main: ConversationRow,
  passing: Passing,
  from: UserRow,
  to: UserRow,
): boolean {
  const people = set.participantsOf(main.id);
  const theirs = there(people.get(from.id), 'who passes a conversation on is not in it');
  const mine = people.get(to.id) ?? null;
  set.marked.participants.remove(theirs);
  people.set(from.id, null);
  const joined: ParticipantRow = {
    ...theirs,
    ...(mine === null ? {} : higher(theirs, mine)),
    user: to.id,
    rev: main.rev,
    ownAfterRead: passing.own,
    markPosition: position,
    memberPosition: position,
  };
  if (mine === null) {
    set.addParticipant(joined);
    set.marked.participants.insert(joined);
  } else {
    if (mine.leftAt === null && theirs.leftAt === null) main.participantCount -= 1;
    const wasIn = mine.leftAt === null;
    Object.assign(mine, joined);
    set.marked.participants.save(mine);
    return !wasIn && mine.leftAt === null;
  }
  return joined.leftAt === null;
}

/** What of two participations in the same conversation the one has that comes of them. */
function higher(theirs: ParticipantRow, mine: ParticipantRow): Partial<ParticipantRow> {
  const read = mine.readSeq >= theirs.readSeq ? mine : theirs;
  return {
    title: mine.title ?? theirs.title,
    moderator: mine.moderator || theirs.moderator,
    joinedAt: Math.min(mine.joinedAt, theirs.joinedAt),
    leftAt: mine.leftAt === null || theirs.leftAt === null ? null : Math.max(mine.leftAt, theirs.leftAt),
    readSeq: read.readSeq,
    readAt: read.readAt,
    deliveredSeq: Math.max(mine.deliveredSeq, theirs.deliveredSeq),
  };
}

/** The key is kept by the named user's own: of two that are open, `to: support` goes on meaning theirs. */
function passSupport(given: Case, main: ConversationRow, from: UserRow, to: UserRow): SideNote[] {
  const { set } = given;
  main.customer = to.id;
  if (main.openKey !== null && main.queue !== null) takeOver(given, main, supportKey(main.queue, to.id));
  const notes: SideNote[] = [{ code: 'merged' }];
  // Nobody answers themselves.
  if (main.assignee === to.id) {
    assign(given, main, null);
    notes.push({ code: 'assigned', by: null, to: null });
  }
  // What the visitor is called in the side's notes is in its author rows, which have passed on.
  set.conversationsByOpenKey.set(supportKey(main.queue ?? 'agent', from.id), null);
  return notes;
}

/** A pair has one direct conversation, for ever: a second one is closed, as is one with oneself. */
function passDirect(given: Case, main: ConversationRow, { reads }: Passing, from: UserRow, to: UserRow): void {
  const { set, at } = given;
  const other = [...set.participantsOf(main.id)].find(([user, row]) => row !== null && user !== to.id)?.[0] ?? to.id;
  if (other === to.id || !takeOver(given, main, directKey(to.id, other))) {
    main.openKey = null;
    main.status = 'closed';
    main.closedAt ??= at;
  }
  set.conversationsByOpenKey.set(directKey(from.id, other), null);
  for (const read of reads) {
    set.marked.reads.remove(read);
    set.marked.reads.insert({ ...read, user: to.id });
  }
}

/** Gives the conversation its new key, unless another has it; says whether it could. */
function takeOver({ set }: Case, main: ConversationRow, key: string): boolean {
  const free = !set.conversationsByOpenKey.get(key);
  main.openKey = free ? key : null;
  if (free) set.conversationsByOpenKey.set(key, main);
  return free;
}
