import type { Conversation } from '../../protocol/conversation.ts';
import type { DurableEvent, Event } from '../../protocol/events.ts';
import type { Message } from '../../protocol/message.ts';
import type { Me } from '../../protocol/person.ts';
import { mergeConversation, mergeParticipant, withMessage } from './merge.ts';
import { putParticipant, putReads, type Thread } from './thread.ts';
import { type Counted, countMessage, mergeCounted } from './unread.ts';

/** What came of taking something in, for whoever tells the page and asks the server. */
export type Note =
  /** A message is new or changed. `added`: it is the newest, not held before. */
  | { type: 'message'; conversationId: string; message: Message; added: boolean }
  | { type: 'conversation'; conversation: Conversation }
  | { type: 'participants'; conversationId: string }
  /** The messages of a thread are there, or there anew. */
  | { type: 'loaded'; conversationId: string }
  | { type: 'removed'; conversationId: string }
  /** Changes are missing: sync since what is held. Not `sure`: the events may still be on their way. */
  | { type: 'behind'; conversationId: string; sure: boolean }
  /** An event of a conversation that is not here, or whose unread is not known: ask for it. */
  | { type: 'unknown'; conversationId: string }
  /** Streamed text is missing: GET the message. */
  | { type: 'short'; conversationId: string; messageId: string };

/**
 * All that a client holds. The functions that take something in change it by one set of rules
 * and read neither clock nor line, so that any order of arrivals can be tried on them.
 */
export type Store = {
  epoch: string;
  cursor: string | undefined;
  /** How often all was forgotten: what was asked by HTTP before is then no longer taken. */
  resets: number;
  me: Me | undefined;
  readonly conversations: Map<string, Conversation>;
  /** How far `my` of each conversation has counted. */
  readonly counted: Map<string, Counted>;
  /** Forgotten: an answer by HTTP that was read before must not bring it back. */
  readonly gone: Set<string>;
  /** The highest rev of an event that could not be counted, because something before it is missing. */
  readonly missed: Map<string, number>;
  /** By conversation or side conversation: those whose messages are held. */
  readonly threads: Map<string, Thread>;
  /** Side conversation → its conversation. */
  readonly parents: Map<string, string>;
  /** Written by taking, emptied by who reads them. */
  notes: Note[];
};

export function newStore(): Store {
  return {
    epoch: '',
    cursor: undefined,
    resets: 0,
    me: undefined,
    conversations: new Map(),
    counted: new Map(),
    gone: new Set(),
    missed: new Map(),
    threads: new Map(),
    parents: new Map(),
    notes: [],
  };
}

/** The highest rev known of a thread's conversation, from any copy. */
function knownRev(store: Store, threadId: string): number {
  const parent = store.parents.get(threadId);
  if (parent !== undefined) return store.conversations.get(parent)?.team?.rev ?? 0;
  return store.conversations.get(threadId)?.rev ?? 0;
}

/** Whether a thread lacks something that is known to be. */
export function isBehind(store: Store, thread: Thread): boolean {
  return thread.held === 0 || thread.waiting !== null || knownRev(store, thread.id) > thread.held;
}

/** Notes a thread that is behind, unless a sync is under way. */
export function checkBehind(store: Store, thread: Thread, sure: boolean): void {
  if (!thread.waiting && isBehind(store, thread)) {
    store.notes.push({ type: 'behind', conversationId: thread.id, sure });
  }
}

/** Sets the conversation as it is now, with `my` as it was counted. */
function setConversation(store: Store, conversation: Conversation): void {
  const my = store.counted.get(conversation.id)?.my;
  const copy = { ...conversation };
  if (my) copy.my = my;
  else delete copy.my;
  const side = store.conversations.get(copy.id)?.team?.id;
  if (side !== undefined && !copy.team) forgetSide(store, side);
  store.conversations.set(copy.id, copy);
  if (copy.team) store.parents.set(copy.team.id, copy.id);
  store.notes.push({ type: 'conversation', conversation: copy });
}

/** Takes a copy of a conversation, from wherever it comes. */
export function takeConversation(store: Store, conversation: Conversation): void {
  const { id, my, rev } = conversation;
  if (store.gone.has(id)) return;
  if (my) store.counted.set(id, mergeCounted(store.counted.get(id), { my, rev }));
  // Read before what was heard meanwhile: ask once more.
  if ((store.missed.get(id) ?? 0) > rev) {
    store.notes.push({ type: 'unknown', conversationId: id });
  } else store.missed.delete(id);
  setConversation(store, mergeConversation(store.conversations.get(id), conversation));
}

/**
 * Notes the threads of a conversation and of its side that are behind the copy that is held of it. A copy alone is no
 * proof: an HTTP answer may be ahead of the events, and a side's event carries the conversation whose own event follows.
 */
export function checkThreads(store: Store, id: string): void {
  for (const threadId of [id, store.conversations.get(id)?.team?.id]) {
    const thread = threadId === undefined ? undefined : store.threads.get(threadId);
    if (thread?.held) checkBehind(store, thread, false);
  }
}

function forgetSide(store: Store, side: string): void {
  store.threads.delete(side);
  store.parents.delete(side);
}

/** Forgets a conversation, its side and all messages of both. */
export function forget(store: Store, id: string): void {
  const side = store.conversations.get(id)?.team?.id;
  store.gone.add(id);
  const known = store.conversations.delete(id);
  store.counted.delete(id);
  store.missed.delete(id);
  const held = store.threads.delete(id);
  if (side !== undefined) forgetSide(store, side);
  if (known || held) store.notes.push({ type: 'removed', conversationId: id });
}

/** Counts `my` on, one rev after another. Where one is missing, an answer has to tell it. */
function count(store: Store, event: DurableEvent, conversation: Conversation | undefined): void {
  const { conversationId: id, rev } = event;
  const counted = store.counted.get(id);
  if (event.type === 'conversation.created' && event.conversation.seq === 0 && !counted) {
    store.counted.set(id, { my: { readSeq: 0, unread: 0 }, rev });
  } else if (conversation && counted && rev <= counted.rev + 1) {
    if (rev <= counted.rev || !store.me) return;
    const next =
      'message' in event ? countMessage(counted.my, conversation, store.me, event.type, event.message) : counted.my;
    store.counted.set(id, { my: next, rev });
  } else {
    store.missed.set(id, Math.max(rev, store.missed.get(id) ?? 0));
    // A thread that is held notices by itself, and its sync tells.
    if (!store.threads.has(id)) store.notes.push({ type: 'unknown', conversationId: id });
  }
}

/** Takes what a durable event says of the conversation itself; its message and people are the thread's (held.ts). */
export function takeOwnPart(store: Store, event: DurableEvent): void {
  const parent = 'parentId' in event ? event.parentId : undefined;
  const id = parent ?? event.conversationId;
  store.gone.delete(id);
  if (parent !== undefined) store.parents.set(event.conversationId, parent);
  const held = store.conversations.get(id);
  const copy = 'conversation' in event ? event.conversation : undefined;
  if (parent === undefined) count(store, event, copy ?? held);
  else if (!store.counted.has(id)) store.notes.push({ type: 'unknown', conversationId: id });
  if (!copy && !held) return;
  if (copy) setConversation(store, mergeConversation(held, copy));
  else if (held && parent === undefined && event.rev > held.rev) {
    if ('message' in event) setConversation(store, withMessage(held, event));
    else if (event.type === 'participant.updated') {
      const { participant, rev } = event;
      const others = held.participants.filter((one) => one.user.id !== participant.user.id);
      const former = held.participants.find((one) => one.user.id === participant.user.id);
      // A room's people are the thread's: the conversation itself never lists them.
      const participants = held.kind === 'room' ? [] : [...others, mergeParticipant(former, participant)];
      setConversation(store, { ...held, rev, participants });
    }
  }
}

type ReadEvent = Extract<Event, { type: 'participant.read' }>;

/** Takes a mark: they only rise and carry no rev, so the higher is right whenever it comes. */
export function takeMark(store: Store, event: ReadEvent): void {
  const { conversationId: id, userId, readSeq, readAt, deliveredSeq = 0 } = event;
  const mark = { readSeq, readAt, deliveredSeq };
  const thread = store.threads.get(id);
  const person = thread?.people.get(userId);
  if (thread && person) {
    putParticipant(thread, { ...person, ...mark });
    store.notes.push({ type: 'participants', conversationId: id });
  }
  const held = store.conversations.get(id);
  if (userId === store.me?.id || (userId === 'team' && store.me?.role !== 'user')) takeOwnMark(store, event, held);
  if (!held) return;
  if (thread && held.kind === 'direct' && readSeq && readAt) putReads(thread, [{ userId, seq: readSeq, at: readAt }]);
  const next = { ...held };
  if (userId === 'team') {
    if (readSeq > (held.teamReadSeq ?? 0)) Object.assign(next, { teamReadSeq: readSeq, teamReadAt: readAt });
  } else {
    next.participants = held.participants.map((one) =>
      one.user.id === userId ? mergeParticipant(one, { ...one, ...mark }) : one,
    );
  }
  setConversation(store, next);
}

function takeOwnMark(store: Store, event: ReadEvent, held: Conversation | undefined): void {
  const { conversationId: id, readSeq, unread } = event;
  // One that is not known yet is kept: the answer that is to tell the rest may be older.
  const counted = store.counted.get(id) ?? { my: { readSeq: 0, unread: 0 }, rev: held?.rev ?? 0 };
  // An answer that had this mark may have counted beyond it.
  if (readSeq <= counted.my.readSeq) return;
  // To others of the team the count is not told: it cannot be more than what lies behind the mark.
  const most = Math.max(0, (held?.seq ?? 0) - readSeq);
  store.counted.set(id, {
    ...counted,
    my: { ...counted.my, readSeq, unread: unread ?? Math.min(counted.my.unread, most) },
  });
}
