/**
 * A user is erased: from the first change on nobody is called by their name and nothing lets them in; what they wrote
 * follows in steps, a conversation at a time, which then takes one rev and is to be read anew.
 */
import type { ConversationRow, MessageRow, UserRow } from '../../db/rows.ts';
import { identityKey } from '../../db/working-set.ts';
import { closeCodes } from '../../protocol/close-codes.ts';
import { Refusal } from '../../protocol/refusal.ts';
import type {
  EraseFromChange,
  EraseRestChange,
  EraseTextChange,
  EraseUserChange,
  ErasureState,
} from '../people/people-change.ts';
import type { Publication } from '../publication.ts';
import { jobView } from '../views.ts';
import { showLast } from './append.ts';
import { wantAsker } from './asker.ts';
import { note } from './audit.ts';
import { removeAttachments } from './files.ts';
import { addJob, moveJob } from './jobs.ts';
import { removePasskey } from './passkeys.ts';
import { checkAdminRemains, userToChange } from './people-authority.ts';
import { endLines, setLogin } from './people-traits.ts';
import type { Case, Rule } from './rule.ts';
import { removeTotp } from './second-factor.ts';
import { Story } from './story.ts';
import { assign, close, type SideNote, writeNotes } from './support.ts';
import { tombstone } from './tombstone.ts';

export const eraseUser: Rule<EraseUserChange> = {
  alone: true,
  want(change, want) {
    wantAsker(change.by, want);
    want.userByUuid(change.user);
    want.belongings(change.known);
    want.row('totp', change.known);
    for (const admin of change.admins) want.user(admin);
  },
  decide(given, { by, user, admins: known }) {
    const { set, at } = given;
    const { target, asker, admins } = userToChange(set, by, user);
    if (asker !== null && asker.role !== 'admin') throw new Refusal('FORBIDDEN');
    if (target.role === 'admin' && !admins) throw new Refusal('FORBIDDEN');
    if (target.role === 'bot') throw new Refusal('FORBIDDEN', { message: 'A bot is deleted where bots are set up.' });
    checkAdminRemains(set, target, known);
    note(given, by, { action: 'user.erase', target: { type: 'user', id: target.uuid } });
    setLogin(given, target, { email: null, password: null });
    Object.assign(target, { name: null, title: null, avatar: null, fields: {}, lastSeenAt: null, erasedAt: at });
    for (const author of set.authorsOf.get(target.id) ?? []) {
      Object.assign(author, { name: null, title: null, avatar: null });
      set.marked.authors.save(author);
    }
    removeTotp(given, target.id);
    const files = removeBelongings(given);
    const state: ErasureState = { user: target.id, conversation: 0, side: false, seq: 0, touched: false };
    const { job, begun } = addJob(given, 'erasure', { ...state });
    return { value: jobView(job), publications: [endLines(target, closeCodes.SIGNED_OUT), ...files, begun] };
  },
};

/** Some messages of one thread. */
export const eraseText: Rule<EraseTextChange> = {
  alone: true,
  want(change, want) {
    want.row('jobs', change.job);
    want.erasing(change.thread, change.messages, change.state.user);
  },
  decide(given, change) {
    const { set } = given;
    const row = set.conversations.get(change.thread);
    const publications = row === undefined ? [] : set.erasing.flatMap((message) => eraseMessage(given, row, message));
    if (row !== undefined && set.erasing.length > 0) set.marked.conversations.save(row);
    moveJob(given, change.job, { ...change.state });
    return { value: null, publications };
  },
};

/** What is left of the user in one conversation whose messages are done. */
export const eraseFrom: Rule<EraseFromChange> = {
  alone: true,
  want(change, want) {
    want.row('jobs', change.job);
    want.erasing(change.thread, [], change.state.user);
  },
  decide(given, change) {
    const { set } = given;
    moveJob(given, change.job, { ...change.state });
    const row = set.conversations.get(change.thread);
    const user = set.users.get(change.state.user);
    if (row === undefined || user === undefined) return { value: null, publications: [] };
    const main = set.mainOf(row);
    const story = new Story(given, main, null);
    const last = set.lastBefore.get(row.id) ?? null;
    showLast(row, last, set.authorOf(last?.author));
    readAnew(given, main);
    goOut(given, main, user);
    const notes = main.kind === 'support' ? leaveSupport(given, main, row, user) : [];
    if (main.kind === 'direct') closeDirect(given, main);
    set.marked.conversations.save(row);
    story.updated(true);
    for (const note of writeNotes(given, main, notes)) {
      const side = set.sides.get(main.id) as ConversationRow;
      story.message('message.created', note, side, { answered: false, tellsMore: false });
    }
    return { value: null, publications: [story.end()] };
  },
};

/** What is no conversation's: pages of it, until there is no more. */
export const eraseRest: Rule<EraseRestChange> = {
  alone: true,
  want(change, want) {
    want.row('jobs', change.job);
    want.belongings(change.user);
    for (const line of change.audit) want.row('audit', line);
    for (const passkey of change.passkeys) want.row('passkeys', passkey);
  },
  decide(given, change) {
    const { set } = given;
    const publications = removeBelongings(given);
    for (const id of change.audit) {
      const line = set.rows.audit.get(id);
      if (!line) continue;
      line.address = null;
      set.marked.audit.save(line);
    }
    for (const id of change.passkeys) {
      const row = set.rows.passkeys.get(id);
      if (row) removePasskey(given, row);
    }
    const done = change.audit.length === 0 && change.passkeys.length === 0 && !set.belongings.more;
    if (done) moveJob(given, change.job, null);
    return { value: null, publications };
  },
};

function eraseMessage(given: Case, row: ConversationRow, message: MessageRow): Publication[] {
  const { set } = given;
  if (message.kind === 'system') return blank(given, message);
  const author = set.writerOf(message);
  set.marked.messages.save(message);
  return tombstone(given, row, set.mainOf(row), message, author);
}

/** That they rated stays, without what they said of it. */
function blank({ set }: Case, message: MessageRow): Publication[] {
  message.content = '';
  set.marked.messages.save(message);
  return [];
}

/** By what they came in, and what they have not sent. What else refers to a user goes here too. */
function removeBelongings(given: Case): Publication[] {
  const { set } = given;
  for (const push of set.belongings.pushes) set.marked.pushes.remove(push);
  for (const notice of set.belongings.notices) set.marked.notices.remove(notice);
  for (const session of set.belongings.sessions) set.marked.sessions.remove(session);
  for (const identity of set.belongings.identities) {
    set.marked.identities.remove(identity);
    set.identities.set(identityKey(identity.provider, identity.subject), null);
  }
  return removeAttachments(given, set.belongings.uploads);
}

function readAnew({ set, position }: Case, row: ConversationRow): void {
  row.rev += 1;
  row.resetRev = row.rev;
  row.position = position;
  set.marked.conversations.save(row);
}

/** Of a room they are no longer a part; elsewhere they stay in it, without a name. */
function goOut({ set, at, position }: Case, main: ConversationRow, user: UserRow): void {
  const participant = set.participantsOf(main.id).get(user.id);
  if (!participant) return;
  participant.title = null;
  participant.rev = main.rev;
  if (main.kind === 'room' && participant.leftAt === null) {
    participant.leftAt = at;
    participant.memberPosition = position;
    main.participantCount -= 1;
  }
  set.marked.participants.save(participant);
}

/** @param row the thread in which they wrote: the conversation itself, or its side */
function leaveSupport(given: Case, main: ConversationRow, row: ConversationRow, user: UserRow): SideNote[] {
  const side = given.set.sides.get(main.id);
  const notes: SideNote[] = [];
  if (main.customer === user.id) {
    main.subject = null;
    main.comment = null;
    if (main.status === 'open') notes.push(...close(given, main, null));
    if (side !== undefined) Object.assign(side, { ip: null, userAgent: null, context: {} });
  } else if (main.assignee === user.id) {
    assign(given, main, null);
    notes.push({ code: 'assigned', by: null, to: null });
  }
  if (side !== undefined && (main.customer === user.id || row === side)) {
    // Nobody is shown a side's newest message beside it.
    showLast(side, null, null);
    readAnew(given, side);
  }
  return notes;
}

function closeDirect({ at }: Case, main: ConversationRow): void {
  main.status = 'closed';
  main.closedAt ??= at;
}
