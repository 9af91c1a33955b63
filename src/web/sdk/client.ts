import type { Limits, Ticket } from '../../protocol/answers.ts';
import type { Attachment } from '../../protocol/attachment.ts';
import type { Context } from '../../protocol/context.ts';
import type { Conversation } from '../../protocol/conversation.ts';
import type { Counts } from '../../protocol/counts.ts';
import type { Draft } from '../../protocol/draft.ts';
import type { Event } from '../../protocol/events.ts';
import type { UnreadAnswer } from '../../protocol/http-catching-up.ts';
import type { ConversationBody, ConversationPatch } from '../../protocol/http-conversations.ts';
import type { Message } from '../../protocol/message.ts';
import type { Me, Person } from '../../protocol/person.ts';
import type { Presence } from '../../protocol/presence.ts';
import type { Clock } from './clock.ts';
import type { ClientState } from './connection.ts';
import type { Conversations } from './conversations.ts';
import type { Http } from './http.ts';
import type { TransportName } from './line.ts';
import type { Outbox } from './outbox.ts';
import type { OutboxItem, Target } from './outbox-item.ts';
import type { Reply } from './reply.ts';
import type { Storage } from './storage.ts';
import type { GetToken } from './token.ts';
import type { Typist } from './typing.ts';

export type ClientOptions = {
  /** Where the server is: `https://chat.example.com`. */
  url: string;
  /** A token to begin with. Without `getToken` the client stops when it is no longer good. */
  token?: string;
  /** Asked for a token when there is none and whenever the server refused the last one. */
  getToken?: GetToken;
  /** `auto`, the default: a WebSocket, where that is blocked a stream, where that is blocked too, polling. */
  transport?: 'auto' | Exclude<TransportName, 'tab'>;
  /** Tabs that give the same name share one line (in browsers that have Web Locks). */
  share?: string;
  /** Whether to hear all support conversations that one may read, with the counts of the inbox. */
  inbox?: boolean;
  /** Sets the unsent messages of this client apart from those of another on the same origin. Default: `client`. */
  name?: string;
  /** Who was signed in here last: shows their unsent messages before there is a line. */
  userId?: string;
  /** Where unsent messages are kept. Default: localStorage, else memory. */
  storage?: Storage;
  /** Whether others are told by itself that their messages arrived. Default: true. */
  delivered?: boolean;
  /** In milliseconds: how long a line may take to open (10,000) and an answer to come (15,000). */
  timeouts?: { openMs?: number; answerMs?: number };
  clock?: Clock;
};

export type ClientEvents = {
  state: ClientState;
  /** Who one is, at first and when it changes. */
  user: Me;
  /** A message is new or changed, in any conversation that one hears. `added`: it has just been written. */
  message: { conversationId: string; message: Message; added: boolean };
  /** A conversation is new or changed. */
  conversation: Conversation;
  /** It may no longer be read, or is gone. */
  removed: { conversationId: string };
  /** The messages of an open conversation are there, or there anew: show them afresh. */
  loaded: { conversationId: string };
  participants: { conversationId: string };
  typing: { conversationId: string; typists: Typist[] };
  /** Who has the conversation open. */
  viewers: { conversationId: string; users: Person[] };
  presence: Presence[];
  counts: Counts;
  /** One of one's unsent messages moved on; `sent` and `discarded` are the last of it. */
  outbox: OutboxItem;
  /** Attachments have other addresses now. */
  ticket: Ticket;
  /** Every event as the server sent it, after it was taken in. Polling brings none. */
  event: Event;
};

/** A message on its way. */
export type Sending = {
  readonly id: string;
  /** Settles when the server has it, which may be after hours offline, or when it failed (a ParleyError). */
  readonly done: Promise<Message>;
};

export type Client = {
  readonly state: ClientState;
  /** Who one is; known from the first welcome on. */
  readonly user: Me | undefined;
  /** What the server lets through; known from the first welcome on. */
  readonly limits: Limits | undefined;
  readonly conversations: Conversations;
  /** The messages that are not acknowledged yet. */
  readonly outbox: Pick<Outbox, 'list' | 'retry' | 'discard' | 'clear'>;
  /** The rest of the API, with the client's token. */
  readonly http: Http;
  /**
   * @returns what ends it
   * @example
   * const end = client.on('message', ({ message, added }) => added && notify(message));
   */
  on<Name extends keyof ClientEvents>(name: Name, listener: (value: ClientEvents[Name]) => void): () => void;
  /**
   * Opens a line and keeps it: it comes back by itself whenever it is lost.
   *
   * @returns who one is, at the first welcome; offline that may take long. Rejects when the client is stopped before
   * @example
   * const me = await client.connect();
   */
  connect(): Promise<Me>;
  /** Ends the line. Unsent messages stay kept; `connect` comes back. */
  close(): void;
  /**
   * Sends a message by the outbox: it goes out once and in order, now or when there is a line again, even after a reload.
   *
   * @param target a conversation's id, `{ conversationId }`, or `{ to }`: whom it is for
   * @param message text, or a draft; `files` are uploaded first
   * @param options `ifSeq`: refuse it (`NEWER_MESSAGES`) when another wrote after this seq
   * @example
   * const { done } = client.send({ to: 'support' }, 'Is anybody there?');
   * const { conversationId } = await done;
   */
  send(
    target: string | Target,
    message: string | (Draft & { files?: readonly Blob[] }),
    options?: { ifSeq?: number },
  ): Sending;
  /** @example await client.edit(message.conversationId, message.id, 'better words'); */
  edit(conversationId: string, messageId: string, content: string): Promise<Message>;
  /** Deletes a message for everybody. */
  delete(conversationId: string, messageId: string): Promise<Message>;
  /**
   * Waits for a bot's reply to a message of one's own that is stored: `reply` null and `handedOver` when a person has
   * taken over. Rejects with `NO_BOT`, `BOT_FAILED` or `BOT_LATE`; asked again it waits for the same reply.
   *
   * @example const { reply } = await client.reply(await client.send({ to: 'support' }, 'Hello?').done);
   */
  reply(message: Message, options?: { signal?: AbortSignal }): Promise<Reply>;
  /** Stops a bot's answer while it streams. */
  stop(conversationId: string, messageId: string): Promise<Message>;
  /**
   * Moves one's read mark, only forward, told at most once a second. Call it for what was really seen.
   *
   * @example client.read(conversationId, lastVisible.seq);
   */
  read(conversationId: string, seq: number): void;
  /** Says that messages up to this one arrived; told by itself unless `delivered` is false. */
  delivered(conversationId: string, seq: number): void;
  /**
   * Says that one is typing; call it on each key. It ends by itself.
   *
   * @example input.oninput = () => client.typing(conversationId, input.value !== '');
   */
  typing(conversationId: string, on?: boolean, text?: string | undefined): void;
  /** Who else is typing. */
  typists(conversationId: string): Typist[];
  /** Says that one has the conversation open, which brings typing, viewers and streamed text. */
  view(conversationId: string, viewing: boolean): void;
  /** Asks what is new in an open conversation. The client does so by itself whenever something may be missing. */
  sync(conversationId: string): void;
  setPresence(state: 'online' | 'away', context?: Context): Promise<void>;
  /** Hears the presence of these users (`team`: the team, for a customer), in place of those before; 200 at most. */
  watchPresence(userIds: string[]): Promise<Presence[]>;
  /** Hears all support conversations that one may read, or no longer. Then load the views anew. */
  watchInbox(on?: boolean): Promise<void>;
  /** @example await client.createConversation({ kind: 'direct', userId }); */
  createConversation(body: ConversationBody): Promise<Conversation>;
  /** @example await client.patch(id, { status: 'closed', ifSeq: conversation.seq }); */
  patch(conversationId: string, change: ConversationPatch): Promise<Conversation>;
  /** Takes a waiting conversation. */
  claim(conversationId: string): Promise<Conversation>;
  /** A person, please. */
  handover(conversationId: string): Promise<Conversation>;
  /** @param score 1 to 5 */
  rate(conversationId: string, score: number, comment?: string): Promise<Conversation>;
  unread(): Promise<UnreadAnswer>;
  /**
   * Stores a file, to be sent with a message by its id.
   *
   * @param progress told from 0 to 1, in browsers
   * @param signal ends it: it rejects with `DISCARDED`, and the server keeps nothing
   */
  upload(file: Blob, progress?: (part: number) => void, signal?: AbortSignal): Promise<Attachment>;
  /** Where an attachment can be seen for the next hour, without a header. A link is its own address. */
  attachmentUrl(attachment: Attachment): string;
  /** Users who became this one: their unsent messages go out as this one's. A living client knows by itself. */
  adopt(userIds: readonly string[]): void;
};
