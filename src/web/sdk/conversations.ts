import type { History, Page } from '../../protocol/catching-up.ts';
import type { Conversation } from '../../protocol/conversation.ts';
import type { Message } from '../../protocol/message.ts';
import type { Participant } from '../../protocol/participant.ts';
import type { Following } from './following.ts';
import { takeHistory } from './held.ts';
import { type Http, type HttpOptions, pathOf } from './http.ts';
import { checkThreads, type Store, takeConversation } from './store.ts';
import { listMessages, readAt } from './thread.ts';

/** Which page of history: before or after a seq, or around one. */
export type HistoryQuery = { before?: number; after?: number; around?: number; afterSeq?: number; limit?: number };

/**
 * What the client holds, always as new as it knows. Events of the client say when to look again; what is given out is
 * not changed afterwards.
 */
export type Conversations = {
  /** All that is held, newest activity first: a page of the list, and what moved since. */
  list(): Conversation[];
  get(id: string): Conversation | undefined;
  /**
   * Loads the newest messages of a conversation, or of a side conversation, and keeps them up to date until `close`.
   * Offline it waits for a line. Rejects with `NOT_FOUND`.
   *
   * @example
   * await client.conversations.open(id);
   * show(client.conversations.messages(id));
   */
  open(id: string): Promise<void>;
  /** Lets go of the messages; the conversation itself stays. */
  close(id: string): void;
  /**
   * The messages of an open conversation by seq; the same array until something changes. Without a hole, but for one's
   * own last message where it went by HTTP: it may stand there a moment before those that were written just before it.
   */
  messages(id: string): readonly Message[];
  /** Any message that is held, shown or not. */
  message(conversationId: string, messageId: string): Message | undefined;
  hasOlder(id: string): boolean;
  /** Loads the page of messages before those that are shown. */
  older(id: string, limit?: number): Promise<void>;
  /** Any page of history. What touches the messages shown is shown with them. */
  history(id: string, query: HistoryQuery): Promise<Message[]>;
  /** The people: of a room those who are in it, as far as they are known. */
  participants(id: string): readonly Participant[];
  /** When another had read a message of a direct conversation. */
  readAt(message: Message): string | undefined;
  /** Loads a page of the list (`GET /v1/conversations`); what it brings is held from then on. */
  load(query?: HttpOptions['query']): Promise<Page<Conversation>>;
  /** Loads one conversation. */
  fetch(id: string): Promise<Conversation>;
};

const OLDER_PAGE = 50;

export function createConversations(
  store: Store,
  http: Http,
  following: Following,
  flush: () => void,
): Conversations & { take(conversation: Conversation): void } {
  const loading = new Map<string, Promise<void>>();

  /** @param resets how often all had been forgotten when they were asked for: what is older is not taken */
  function took(conversations: Conversation[], resets: number): void {
    if (resets !== store.resets) return;
    for (const conversation of conversations) {
      takeConversation(store, conversation);
      checkThreads(store, conversation.id);
    }
    flush();
  }

  async function history(id: string, query: HistoryQuery): Promise<Message[]> {
    for (;;) {
      const page = await http.json<History>('GET', pathOf(id, '/messages'), undefined, { query: { ...query } });
      const good = takeHistory(store, id, page);
      flush();
      if (good) return page.items.map((message) => store.threads.get(id)?.messages.get(message.id) ?? message);
    }
  }

  return {
    list: () => [...store.conversations.values()].sort((a, b) => b.activity - a.activity || (a.id < b.id ? 1 : -1)),
    get: (id) => store.conversations.get(id),
    open: following.open,
    close(id) {
      store.threads.delete(id);
    },
    messages(id) {
      const thread = store.threads.get(id);
      return thread ? listMessages(thread) : [];
    },
    message: (conversationId, messageId) => store.threads.get(conversationId)?.messages.get(messageId),
    hasOlder(id) {
      const thread = store.threads.get(id);
      return thread !== undefined && thread.held > 0 && thread.from > 1;
    },
    older(id, limit = OLDER_PAGE) {
      const thread = store.threads.get(id);
      if (!thread?.held || thread.from <= 1) return Promise.resolve();
      const under =
        loading.get(id) ??
        history(id, { before: thread.from, limit })
          .then(() => {})
          .finally(() => loading.delete(id));
      loading.set(id, under);
      return under;
    },
    history,
    take: (conversation) => took([conversation], store.resets),
    participants(id) {
      const conversation = store.conversations.get(id);
      if (conversation?.kind !== 'room') return conversation?.participants ?? [];
      return [...(store.threads.get(id)?.people.values() ?? [])].filter((one) => one.leftAt === null);
    },
    readAt(message) {
      const thread = store.threads.get(message.conversationId);
      return thread && readAt(thread, message);
    },
    async load(query = {}) {
      const { resets } = store;
      const page = await http.json<Page<Conversation>>('GET', '/v1/conversations', undefined, { query });
      took(page.items, resets);
      return page;
    },
    async fetch(id) {
      const { resets } = store;
      const conversation = await http.json<Conversation>('GET', pathOf(id));
      took([conversation], resets);
      return conversation;
    },
  };
}
