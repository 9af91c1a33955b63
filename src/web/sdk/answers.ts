import type { Results } from '../../protocol/answers.ts';
import type { DurableEvent } from '../../protocol/events.ts';
import { takeEvent, takeMessage, takeSync } from './held.ts';
import type { Asked } from './line.ts';
import type { Store } from './store.ts';
import { isTeams } from './unread.ts';

type Sent = Results['message.send'];
type MessageType = Extract<DurableEvent, { message: unknown }>['type'];

const TYPES: Partial<Record<Asked['type'], MessageType>> = {
  'message.send': 'message.created',
  'message.edit': 'message.updated',
  'message.stop': 'message.updated',
  'message.delete': 'message.deleted',
};

/** A socket's `ok` as the event that it stands for; nothing where it stands for none. */
export function eventOf(asked: Asked, results: unknown, parentId?: string): DurableEvent | undefined {
  const type = TYPES[asked.type];
  if (!type) return undefined;
  const { message, conversation } = results as Sent;
  const { conversationId, rev } = message;
  return {
    type,
    conversationId,
    rev,
    message,
    ...(conversation ? { conversation } : {}),
    ...(parentId === undefined ? {} : { parentId }),
  };
}

/**
 * Takes an answer into the store, at its place among the events. A socket's `ok` stands for the event of one's own send,
 * edit, delete or stop. Over HTTP that event still comes, an answer has no place, and so little of it is taken: a message
 * by its rev; a sync by who asked (following.ts); a mark not at all, its event has the count that goes with its place.
 */
export function takeAnswer(store: Store, asked: Asked, results: unknown, overHttp: boolean): void {
  const type = TYPES[asked.type];
  if (type) {
    const { message } = results as Sent;
    const event = eventOf(asked, results, store.parents.get(message.conversationId)) as DurableEvent;
    if (overHttp) takeMessage(store, message, type === 'message.created');
    else takeEvent(store, event);
  } else if (overHttp) return;
  else if (asked.type === 'conversation.sync') {
    takeSync(store, asked.conversationId, (results as Results['conversation.sync']).sync);
  } else if (asked.type === 'conversation.read') {
    takeOwnRead(store, asked.conversationId, results as Results['conversation.read']);
  }
}

/** One's own mark as the server has it now. The event, which all of one's lines get, brings the time. */
function takeOwnRead(store: Store, id: string, { readSeq, unread }: Results['conversation.read']): void {
  const conversation = store.conversations.get(id);
  const counted = store.counted.get(id);
  if (!conversation || !counted || !store.me || readSeq < counted.my.readSeq) return;
  const my = { ...counted.my, readSeq, unread };
  store.counted.set(id, { ...counted, my });
  const copy = { ...conversation, my };
  if (isTeams(conversation, store.me)) copy.teamReadSeq = Math.max(copy.teamReadSeq ?? 0, readSeq);
  store.conversations.set(id, copy);
  store.notes.push({ type: 'conversation', conversation: copy });
}
