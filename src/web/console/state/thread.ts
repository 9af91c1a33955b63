/** The conversation that is open: loads both its threads, says that one looks at it, knows how far one has seen. */
import { signal } from '@preact/signals';
import type { Conversation } from '../../../protocol/conversation.ts';
import type { Message } from '../../../protocol/message.ts';
import { asParleyError } from '../../sdk/errors.ts';
import { client } from './desk.ts';
import { merged } from './items.ts';
import { leavePiece, pieceOf, seekMessage, threadOf } from './piece.ts';

/** Threads whose messages stay in memory. */
const KEPT = 20;
/** After which what could not be loaded is asked for again, ms. */
const AGAIN_MS = 2000;

export type Opening = { id: string; state: 'loading' | 'ready' | 'gone'; unreadAfter: number | undefined };
export const opening = signal<Opening | null>(null);

/** By conversation: the highest seq that was on the screen. A reply is to what one has seen. */
const seen = new Map<string, number>();
const recent: string[] = [];

export function seenSeq(id: string): number {
  return seen.get(id) ?? 0;
}

/** Notes what was on the screen, and moves the read mark where somebody looks. */
export function saw(conversation: Conversation, seq: number): void {
  if (seq <= 0) return;
  seen.set(conversation.id, Math.max(seen.get(conversation.id) ?? 0, seq));
  if (document.visibilityState === 'visible' && document.hasFocus()) client().read(conversation.id, seq);
}

function keep(id: string): void {
  const place = recent.indexOf(id);
  if (place >= 0) recent.splice(place, 1);
  recent.push(id);
  if (recent.length <= KEPT) return;
  const old = recent.shift() as string;
  const side = client().conversations.get(old)?.team?.id;
  client().conversations.close(old);
  if (side) client().conversations.close(side);
}

/**
 * @param message where it is opened; else where one had read to
 * @returns what ends it
 */
export function openConversation(id: string, message?: string): () => void {
  const { conversations, view } = client();
  let open = true;
  opening.value = { id, state: 'loading', unreadAfter: undefined };
  keep(id);
  const run = async () => {
    const conversation = conversations.get(id) ?? (await conversations.fetch(id));
    const unreadAfter = conversation.my?.unread ? conversation.my.readSeq : undefined;
    view(id, true);
    const side = conversation.team?.id;
    await Promise.all([conversations.open(id), side && conversations.open(side).catch(() => {})]);
    await coverSide(id);
    await seekMessage(id, message);
    if (open) opening.value = { id, state: 'ready', unreadAfter };
  };
  let timer: ReturnType<typeof setTimeout> | undefined;
  const load = () => {
    run().catch((error) => {
      if (!open) return;
      if (asParleyError(error).code === 'NOT_FOUND') opening.value = { id, state: 'gone', unreadAfter: undefined };
      else timer = setTimeout(load, AGAIN_MS);
    });
  };
  load();
  return () => {
    open = false;
    clearTimeout(timer);
    leavePiece(id);
    view(id, false);
  };
}

/** The side's messages reach as far back as the customer's do. */
async function coverSide(id: string): Promise<void> {
  const { conversations } = client();
  const side = conversations.get(id)?.team?.id;
  if (!side) return;
  const from = () => conversations.messages(id)[0]?.seq ?? 1;
  const sideFrom = () => conversations.messages(side)[0]?.afterSeq ?? 0;
  while (conversations.hasOlder(side) && sideFrom() >= from()) await conversations.older(side);
}

let older: Promise<void> | undefined;

/** Whether something lies above what is shown. */
export function hasOlder(id: string): boolean {
  return pieceOf(id)?.hasOlder() ?? client().conversations.hasOlder(id);
}

/** Loads the page above; one at a time. */
export function loadOlder(id: string): Promise<void> {
  older ??= (
    pieceOf(id)?.older() ??
    client()
      .conversations.older(id)
      .then(() => coverSide(id))
  )
    .catch(() => {})
    .finally(() => {
      older = undefined;
    });
  return older;
}

let newer: Promise<void> | undefined;

/** Loads the page below, where the newest messages are not shown yet; one at a time. */
export function loadNewer(id: string): Promise<void> | undefined {
  newer ??= pieceOf(id)
    ?.newer()
    .catch(() => {})
    .finally(() => {
      newer = undefined;
    });
  return newer;
}

/** Both threads as one. */
export function messagesOf({ id, team }: Conversation): Message[] {
  const { thread, side } = threadOf(id, team?.id);
  return merged(thread, side);
}
