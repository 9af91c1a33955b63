import type { History, Sync } from '../../protocol/catching-up.ts';
import type { DurableEvent, EventOf } from '../../protocol/events.ts';
import type { Message } from '../../protocol/message.ts';
import { checkBehind, checkThreads, type Store, takeConversation, takeOwnPart } from './store.ts';
import { newestSeq, newThread, putMessage, putPage, putParticipant, putReads, type Thread } from './thread.ts';

/** The thread of a conversation or side conversation; made, with nothing held yet, when there is none. */
export function openThread(store: Store, id: string): Thread {
  const thread = store.threads.get(id) ?? newThread(id);
  store.gone.delete(id);
  store.threads.set(id, thread);
  return thread;
}

/** Puts a message where it belongs and notes it. A conversation whose messages are not held keeps none. */
function put(store: Store, id: string, message: Message, created: boolean): void {
  const thread = store.threads.get(id);
  const added = created && !message.deletedAt && !thread?.messages.has(message.id);
  if (!thread || putMessage(thread, message)) {
    store.notes.push({ type: 'message', conversationId: id, message, added });
  }
}

/** One durable event of a thread, no sync under way: held + 1 applies, not above is known, higher is a gap. */
function step(store: Store, thread: Thread, event: DurableEvent): void {
  if (event.rev <= thread.held) return;
  const reset = event.type === 'conversation.updated' && event.reset;
  // What brings in at a rev tells nothing of that rev's change.
  if (thread.held === 0 || event.rev > thread.held + 1 || reset || event.type === 'conversation.created') {
    if (reset) thread.held = 0;
    thread.waiting = [event];
    store.notes.push({ type: 'behind', conversationId: thread.id, sure: true });
    return;
  }
  if ('message' in event) put(store, thread.id, event.message, event.type === 'message.created');
  if (event.type === 'participant.updated') {
    putParticipant(thread, event.participant);
    store.notes.push({ type: 'participants', conversationId: thread.id });
  }
  thread.held = event.rev;
}

/** Takes a durable event, or a socket's `ok` as the event that it stands for. */
export function takeEvent(store: Store, event: DurableEvent): void {
  takeOwnPart(store, event);
  const id = event.conversationId;
  const thread = store.threads.get(id);
  if (thread?.waiting) thread.waiting.push(event);
  else if (thread) step(store, thread, event);
  else if (event.type === 'conversation.created' && event.conversation.seq === 0 && store.me?.role === 'user') {
    // A customer's new conversation is empty, which is all of it: its first message then shows at once.
    Object.assign(openThread(store, id), { held: event.rev, from: 1, epoch: store.epoch });
  } else if ('message' in event) put(store, id, event.message, event.type === 'message.created');
  if ('conversation' in event && event.conversation) checkThreads(store, event.conversation.id);
}

/**
 * Takes a message of an HTTP answer. It proves no gap and moves nothing: its event still comes.
 *
 * @param created whether the call made it
 */
export function takeMessage(store: Store, message: Message, created: boolean): void {
  if (store.threads.has(message.conversationId)) put(store, message.conversationId, message, created);
}

/** Ends a sync: what waited is taken, unless the sync had it. */
function endSync(store: Store, thread: Thread): void {
  const waiting = thread.waiting ?? [];
  thread.waiting = null;
  for (const event of waiting) {
    if (event.type === 'message.delta') takeDelta(store, event);
    else if (thread.waiting) (thread.waiting as DurableEvent[]).push(event);
    else step(store, thread, event);
  }
  checkBehind(store, thread, true);
}

/** Notes the streamed messages after a line was lost: their text moves no rev, so nothing else tells what is missing. */
export function checkStreaming(store: Store, thread: Thread): void {
  for (const { id, state } of thread.messages.values()) {
    if (state === 'streaming') store.notes.push({ type: 'short', conversationId: thread.id, messageId: id });
  }
}

/** Gives up a sync that failed. What waited for it comes again with the next one. */
export function abandonSync(store: Store, thread: Thread): void {
  thread.waiting = null;
  checkBehind(store, thread, true);
}

/** Takes a page of a sync. While it says `more`, go on with `since: sync.rev`; events keep waiting meanwhile. */
export function takeSync(store: Store, id: string, sync: Sync): void {
  const { conversation, messages, participants } = sync;
  const thread = store.threads.get(id);
  if (!thread) return;
  if (store.epoch && sync.epoch !== store.epoch) {
    // Another epoch: what was held may never have been.
    store.conversations.delete(conversation.id);
    store.counted.delete(conversation.id);
  }
  if (thread.epoch !== sync.epoch) thread.people.clear();
  takeConversation(store, conversation);
  const newest = newestSeq(thread);
  if (sync.reset) {
    const gone = new Set(thread.people.keys());
    for (const one of participants) gone.delete(one.user.id);
    for (const userId of gone) thread.people.delete(userId);
    thread.messages.clear();
    thread.reads = [];
    thread.from = messages[0]?.seq ?? 1;
    thread.loaded = sync.rev;
    thread.held = 0;
  }
  const changed = messages.filter((message) => putMessage(thread, message));
  if (conversation.kind === 'room') for (const one of participants) putParticipant(thread, one);
  putReads(thread, sync.reads);
  thread.held = Math.max(thread.held, sync.rev);
  thread.epoch = sync.epoch;
  thread.list = undefined;
  if (sync.reset) store.notes.push({ type: 'loaded', conversationId: id });
  else {
    for (const message of changed) {
      const added = message.seq > newest && !message.deletedAt;
      store.notes.push({ type: 'message', conversationId: id, message, added });
    }
  }
  if (participants.length) store.notes.push({ type: 'participants', conversationId: id });
  if (sync.more) thread.waiting ??= [];
  else endSync(store, thread);
}

/**
 * Takes a page of history. What is known to be newer stays.
 *
 * @returns false when the page is older than a bulk change that is known: ask again
 */
export function takeHistory(store: Store, id: string, history: History): boolean {
  const thread = store.threads.get(id);
  if (!thread?.held) return true;
  if (history.epoch !== thread.epoch) {
    thread.held = 0;
    checkBehind(store, thread, true);
    return true;
  }
  if (history.rev < thread.loaded) return false;
  putPage(thread, history.items);
  putReads(thread, history.reads);
  store.notes.push({ type: 'loaded', conversationId: id });
  return true;
}

/** Appends streamed text. Where it begins beyond what is held, the message is noted as short: GET it. */
export function takeDelta(store: Store, delta: EventOf<'message.delta'>): void {
  const { conversationId, messageId, offset, text } = delta;
  const thread = store.threads.get(conversationId);
  if (thread?.waiting) {
    thread.waiting.push(delta);
    return;
  }
  const held = thread?.messages.get(messageId);
  if (held?.state !== 'streaming') return;
  const content = held.content ?? '';
  if (offset > content.length) store.notes.push({ type: 'short', conversationId, messageId });
  else put(store, conversationId, { ...held, content: content.slice(0, offset) + text }, false);
}
