/**
 * Deleting a conversation, with its side and all that is in them. From the first change on nobody finds it: what does
 * not fit into that change is left without a name, and goes in steps.
 */
import type { ConversationRow, UserRow } from '../../db/rows.ts';
import type { Removing } from '../../db/working-set.ts';
import { Refusal } from '../../protocol/refusal.ts';
import type { By } from '../caller.ts';
import type { DeleteConversationChange, ExpireConversationChange, RemoveConversationChange } from '../change.ts';
import type { GonePublication, Publication } from '../publication.ts';
import { askerOf, checkKeyKnows, wantAsker } from './asker.ts';
import { note } from './audit.ts';
import { removeAttachments } from './files.ts';
import { addJob, moveJob } from './jobs.ts';
import { madeId } from './made-id.ts';
import type { Case, Rule } from './rule.ts';
import { directReaders, Story, standingOf } from './story.ts';
import { threadFor } from './thread.ts';
import { endTurns } from './turns.ts';

export const deleteConversation: Rule<DeleteConversationChange> = {
  alone: true,
  want({ by, conversation }, want) {
    wantAsker(by, want);
    if (by.user !== null) want.participant(conversation, by.user);
    want.removing({ uuid: conversation });
  },
  decide(given, { by, conversation: uuid }) {
    const { set } = given;
    const user = askerOf(set, by);
    const { row, main } = threadFor(set, user, uuid);
    if (row !== main) throw new Refusal('NOT_FOUND');
    checkKeyKnows(set, by, main);
    if (user !== null && !mayDelete(user, main)) throw new Refusal('FORBIDDEN');
    const conversation = new Story(given, main, null).conversationFor(user);
    return { value: { conversation }, publications: remove(given, main, by) };
  },
};

/** Judged once more: whoever came back since it was looked up has it stay. */
export const expireConversation: Rule<ExpireConversationChange> = {
  alone: true,
  want({ conversation }, want) {
    want.removing({ uuid: conversation });
  },
  decide(given, { conversation, closedBefore }) {
    const main = given.set.conversationsByUuid.get(conversation);
    if (!main || !isOver(main, closedBefore)) return { value: false, publications: [] };
    return { value: true, publications: remove(given, main, null) };
  },
};

function isOver({ seq, closedAt, activity }: ConversationRow, closedBefore: number | null): boolean {
  if (closedBefore === null) return seq === 0;
  return closedAt !== null && closedAt < closedBefore && activity < closedBefore * 1000;
}

/** From this change on nobody finds it. @param by null: the server itself */
function remove(given: Case, main: ConversationRow, by: By | null): Publication[] {
  const gone: GonePublication = {
    type: 'gone',
    before: standingOf(main),
    conversationId: main.uuid,
    readers: directReaders(given.set, main),
  };
  const { uuid } = main;
  note(given, by, { action: 'conversation.delete', target: { type: 'conversation', id: uuid } });
  endTurns(given, main);
  if (main.kind === 'support') addRemoval(given, uuid, null);
  const { rest, publications } = removePage(given, uuid);
  for (const remnant of rest) unname(given, remnant);
  const conversations = rest.map(({ id }) => id);
  const job = rest.length === 0 ? null : addJob(given, 'removal', { uuid, conversations });
  return [gone, ...publications, ...(job === null ? [] : [job.begun])];
}

/** The next page of what is left of a deleted conversation. */
export const removeConversation: Rule<RemoveConversationChange> = {
  alone: true,
  want(change, want) {
    want.row('jobs', change.job);
    want.removing(change.conversations);
  },
  decide(given, change) {
    const { rest, publications } = removePage(given, change.uuid);
    const left = rest.map(({ id }) => id);
    moveJob(given, change.job, left.length === 0 ? null : { uuid: change.uuid, conversations: left });
    return { value: null, publications };
  },
};

/** Admins delete what they read, but for what two people said to each other; the host deletes by its keys. */
function mayDelete(user: UserRow, { kind }: ConversationRow): boolean {
  return user.role === 'admin' && kind !== 'direct';
}

/**
 * Takes away what was loaded of a conversation. Here goes whatever refers to a message, a participant or the
 * conversation itself.
 *
 * @param uuid by which people knew it
 * @returns what is left of it, for the next page
 */
function removePage(given: Case, uuid: string): { rest: ConversationRow[]; publications: Publication[] } {
  const { set } = given;
  const publications: Publication[] = [];
  for (const page of set.removing) {
    for (const row of page.participants) {
      set.marked.participants.remove(row);
      addRemoval(given, uuid, row.user);
    }
    for (const row of page.messages) {
      publications.push(...removeAttachments(given, set.attachmentsOf.get(row.id) ?? []));
      set.marked.messages.remove(row);
    }
    for (const row of page.turns) set.marked.turns.remove(row);
    for (const row of page.reads) set.marked.reads.remove(row);
    for (const row of page.tags) set.marked.tags.remove(row);
    if (page.whole) set.marked.conversations.remove(page.conversation);
  }
  return { rest: set.removing.filter(isLeft).map(({ conversation }) => conversation), publications };
}

function isLeft({ whole }: Removing): boolean {
  return !whole;
}

/** A cursor of that user's, or (null) of anybody's of the team, is told that it is gone. */
function addRemoval({ set, position }: Case, conversation: string, user: number | null): void {
  set.marked.removals.insert({ id: set.nextId(), position, conversation, user });
}

/**
 * What nobody finds any more: of no kind that is read, under no id or key that anybody knows. By its queue and its
 * status the search index knows under which words it put the messages (db/search-index.ts).
 */
function unname(given: Case, row: ConversationRow): void {
  Object.assign(row, {
    uuid: madeId(given, given.set.nextId()),
    kind: 'side',
    parent: null,
    openKey: null,
    externalId: null,
    status: row.kind === 'side' ? 'open' : 'closed',
    subject: null,
    lastSeq: null,
    lastUser: null,
    lastKind: null,
    lastText: null,
    lastAt: null,
    customer: null,
    assignee: null,
    waiting: null,
    comment: null,
    snoozedUntil: null,
    ip: null,
    userAgent: null,
    context: {},
  } satisfies Partial<ConversationRow>);
  given.set.marked.conversations.save(row);
}
