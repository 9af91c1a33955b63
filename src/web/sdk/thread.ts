import type { Read } from '../../protocol/catching-up.ts';
import type { DurableEvent, EventOf } from '../../protocol/events.ts';
import type { Message } from '../../protocol/message.ts';
import type { Participant } from '../../protocol/participant.ts';
import { mergeMessage, mergeParticipant } from './merge.ts';

/** The messages held of one conversation, or of a side conversation. */
export type Thread = {
  readonly id: string;
  /** The server's epoch in which `held` was true. */
  epoch: string;
  /** The rev up to which the messages are held. 0: none yet, the newest page is to be loaded. */
  held: number;
  /** The rev of the newest page last loaded whole: a page of history read before it may lack a bulk change. */
  loaded: number;
  /** From this seq on, up to the newest, every message is held. Older ones may be held in pieces; they are not shown. */
  from: number;
  readonly messages: Map<string, Message>;
  /** Of a room: its people as sync and events tell them. Elsewhere the conversation itself has them. */
  readonly people: Map<string, Participant>;
  /** Of a direct conversation: who had read up to where, and when. */
  reads: Read[];
  /** While a sync is under way: the events that wait for it, in their order. */
  waiting: (DurableEvent | EventOf<'message.delta'>)[] | null;
  /** The list last given out, good until a message changes. */
  list: readonly Message[] | undefined;
};

export function newThread(id: string): Thread {
  return {
    id,
    epoch: '',
    held: 0,
    loaded: 0,
    from: Infinity,
    messages: new Map(),
    people: new Map(),
    reads: [],
    waiting: null,
    list: undefined,
  };
}

/** The messages to show, by seq, without a hole up to the newest. The same array until one of them changes. */
export function listMessages(thread: Thread): readonly Message[] {
  thread.list ??= [...thread.messages.values()]
    .filter((message) => message.seq >= thread.from)
    .sort((a, b) => a.seq - b.seq);
  return thread.list;
}

/** Takes a copy of a message, shown or not; the right one of two stays. Returns whether it changed what is held. */
export function putMessage(thread: Thread, message: Message): boolean {
  const held = thread.messages.get(message.id);
  const right = mergeMessage(held, message);
  if (right === held) return false;
  thread.messages.set(message.id, right);
  thread.list = undefined;
  return true;
}

export function putParticipant(thread: Thread, participant: Participant): void {
  const id = participant.user.id;
  thread.people.set(id, mergeParticipant(thread.people.get(id), participant));
}

/** The highest seq held, 0 when none is. */
export function newestSeq(thread: Thread): number {
  let newest = 0;
  for (const message of thread.messages.values()) if (message.seq > newest) newest = message.seq;
  return newest;
}

/**
 * Takes messages that follow one another by seq, such as a page of history. Where they touch what is shown, they are
 * shown with it.
 */
export function putPage(thread: Thread, page: readonly Message[]): void {
  for (const message of page) putMessage(thread, message);
  const first = page[0];
  const last = page[page.length - 1];
  if (first && last && first.seq < thread.from && last.seq >= thread.from - 1) {
    thread.from = first.seq;
    thread.list = undefined;
  }
}

/** Takes moves of read marks, in any order and as often as they come. */
export function putReads(thread: Thread, reads: readonly Read[] = []): void {
  for (const read of reads) {
    if (!thread.reads.some((one) => one.userId === read.userId && one.seq === read.seq)) thread.reads.push(read);
  }
}

/** When somebody other than its author had read a message: the earliest mark at or past its seq. */
export function readAt(thread: Thread, message: Message): string | undefined {
  let first: Read | undefined;
  for (const read of thread.reads) {
    const counts = read.seq >= message.seq && read.userId !== message.author?.id;
    if (counts && (!first || read.seq < first.seq)) first = read;
  }
  return first?.at;
}
