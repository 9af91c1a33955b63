/**
 * A piece of a conversation's history around a message that somebody came for, while it lies too far back to be shown
 * together with the newest. It grows at both ends, until it touches them.
 */
import { signal } from '@preact/signals';
import type { Conversation } from '../../../protocol/conversation.ts';
import type { Message } from '../../../protocol/message.ts';
import { client, threadChange } from './desk.ts';

/** Messages on each side of the one that is sought, and in each further page. */
const PAGE = 50;
/** Of a side conversation. */
const SIDE_PAGE = 200;

export type Piece = {
  hasOlder(): boolean;
  older(): Promise<void>;
  /** Whether newer ones lie between it and those that are held anyway. */
  hasNewer(): boolean;
  newer(): Promise<void>;
  messages: readonly Message[];
  side: readonly Message[];
};

/** The message that somebody came for, to be shown as such. */
export const sought = signal<string | undefined>(undefined);

const pieces = new Map<string, Piece>();

export const pieceOf = (id: string): Piece | undefined => pieces.get(id);

/** Back to the newest messages. */
export function leavePiece(id: string): void {
  if (pieces.delete(id)) threadChange(id).value++;
}

/** Sees to it that a message of a conversation, or of its side, is among those shown; none: the newest are. */
export async function seekMessage(id: string, messageId: string | undefined): Promise<void> {
  sought.value = messageId;
  const conversation = client().conversations.get(id);
  if (messageId === undefined || !conversation || isShown(conversation, messageId)) return;
  const message = await fetchMessage(conversation, messageId);
  if (!message || sought.peek() !== messageId) return;
  const seq = Math.max(1, message.afterSeq ?? message.seq);
  if (seq < firstHeld(id)) {
    const page = await client().conversations.history(id, { around: seq, limit: PAGE });
    // It may have touched the newest, and is then shown with them.
    if (sought.peek() !== messageId) return;
    if (seq < firstHeld(id)) pieces.set(id, await makePiece(conversation, page));
    else leavePiece(id);
  }
  threadChange(id).value++;
}

function isShown({ id, team }: Conversation, messageId: string): boolean {
  const { thread, side } = threadOf(id, team?.id);
  return thread.some((one) => one.id === messageId) || side.some((one) => one.id === messageId);
}

/** Wherever of the two threads it is; nothing where it is gone. */
async function fetchMessage({ id, team }: Conversation, messageId: string): Promise<Message | undefined> {
  const from = (thread: string) =>
    client()
      .http.json<Message>('GET', `/v1/conversations/${thread}/messages/${messageId}`)
      .catch(() => undefined);
  return (await from(id)) ?? (team && (await from(team.id)));
}

const firstHeld = (id: string) => client().conversations.messages(id)[0]?.seq ?? Infinity;

async function makePiece({ id, team }: Conversation, first: Message[]): Promise<Piece> {
  const { conversations } = client();
  const edge = (at: 0 | -1) => piece.messages.at(at)?.seq ?? 0;
  const take = async (page: Message[], put: (page: Message[]) => Message[]) => {
    const side = team && page.length > 0 ? await sideOf(team.id, page) : [];
    piece.messages = put(page);
    piece.side = [...piece.side, ...side];
    threadChange(id).value++;
  };
  const piece: Piece = {
    messages: [],
    side: [],
    hasOlder: () => edge(0) > 1,
    hasNewer: () => edge(-1) + 1 < firstHeld(id),
    async older() {
      const page = await conversations.history(id, { before: edge(0), limit: PAGE });
      await take(page, (older) => [...older, ...piece.messages]);
    },
    async newer() {
      if (!piece.hasNewer()) return;
      const page = await conversations.history(id, { after: edge(-1), limit: PAGE });
      await take(page, (newer) => [...piece.messages, ...newer]);
    },
  };
  await take(first, (page) => page);
  return piece;
}

/** What was written beside a page of the customer's thread. */
async function sideOf(side: string, page: readonly Message[]): Promise<Message[]> {
  const first = page[0]?.seq ?? 0;
  const last = page.at(-1)?.seq ?? 0;
  const found = new Map<string, Message>();
  let from = first === 1 ? 0 : first;
  for (;;) {
    const some = await client().conversations.history(side, { afterSeq: from, limit: SIDE_PAGE });
    for (const one of some) if ((one.afterSeq ?? 0) <= last) found.set(one.id, one);
    const reached = some.at(-1)?.afterSeq ?? Infinity;
    if (some.length < SIDE_PAGE || reached > last || reached === from) return [...found.values()];
    from = reached;
  }
}

/** The messages to show of a conversation and of its side: those of the piece, with the newest where it touches them. */
export function threadOf(
  id: string,
  sideId: string | undefined,
): { thread: readonly Message[]; side: readonly Message[] } {
  const { conversations } = client();
  const thread = conversations.messages(id);
  const side = sideId === undefined ? [] : conversations.messages(sideId);
  const piece = pieces.get(id);
  if (!piece) return { thread, side };
  // The client keeps pieces of history up to date too.
  const present = (one: Message) => conversations.message(one.conversationId, one.id) ?? one;
  const last = piece.messages.at(-1)?.seq ?? 0;
  if (piece.hasNewer()) {
    const within = side.filter(({ afterSeq = 0 }) => afterSeq <= last);
    return { thread: piece.messages.map(present), side: bySeq([...piece.side.map(present), ...within]) };
  }
  const first = firstHeld(id);
  const before = piece.messages.filter(({ seq }) => seq < first);
  return { thread: [...before.map(present), ...thread], side: bySeq([...piece.side.map(present), ...side]) };
}

/** Each once, in the order of the thread. */
function bySeq(messages: readonly Message[]): Message[] {
  return [...new Map(messages.map((one) => [one.id, one])).values()].sort((a, b) => a.seq - b.seq);
}
