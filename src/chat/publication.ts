/** What a judged change lets others hear, as data: `publish` works out who hears it. */
import type { Conversation } from '../protocol/conversation.ts';
import type { Event } from '../protocol/events.ts';
import type { Settings } from '../protocol/settings.ts';
import type { Standing } from './access.ts';

export interface ThreadEvent {
  /** Without its conversation, which differs by reader. */
  event: Extract<Event, { rev: number }>;
  /** The side conversation's: for the team alone. */
  side: boolean;
  /** Whether readers other than the team get the conversation too: more changed than a new message tells. */
  tellsMore: boolean;
  /** Answered to the asking line by its own `ok`. */
  answered: boolean;
}

/** All that one request did to one conversation and its side. */
export interface ThreadPublication {
  type: 'thread';
  /** Null: it did not exist. */
  before: Standing | null;
  after: Standing;
  conversationId: string;
  /** As it is after the request, with all that the team may know; null when nobody is told it. */
  conversation: Conversation | null;
  events: ThreadEvent[];
  /** Keys of the two of a direct conversation. */
  readers: number[];
  /** Keys of the users who came in and went out by it. */
  joined: number[];
  left: number[];
  /** The line that asked. */
  line: number | null;
}

/** A mark that moved. */
export interface MarkPublication {
  type: 'mark';
  standing: Standing;
  conversationId: string;
  /** Key of who read; null for the team. */
  reader: number | null;
  /** UUID of who read, or `team`. */
  userId: string;
  readSeq: number;
  readAt: string | null;
  deliveredSeq?: number;
  unread: number;
  /** Keys of the two of a direct conversation. */
  readers: number[];
  /** Whether others than the reader hear of it. */
  toOthers: boolean;
}

/** To every line of a user. */
export interface UserPublication {
  type: 'user';
  user: number;
  event: Event;
}

/** Ends lines: all of a user, of one session, or all but one's. */
export interface EvictPublication {
  type: 'evict';
  user: number;
  /** Only lines of these sessions; null: all. */
  sessions: number[] | null;
  code: number;
}

/** A conversation is no more. */
export interface GonePublication {
  type: 'gone';
  before: Standing;
  conversationId: string;
  /** Keys of the two of a direct conversation. */
  readers: number[];
}

/** Work in steps has begun, or is done: nobody hears of it but who does it, and who waits for it. */
export interface JobPublication {
  type: 'job';
}

/** Nobody hears of it: bytes that no record has any more are to go. */
export interface FilesPublication {
  type: 'files';
  /** Hashes. */
  gone: string[];
}

/** The team's settings are others: for the server itself, which keeps them at hand. */
export interface SettingsPublication {
  type: 'settings';
  settings: Settings;
}

/** Webhooks are others, or one was told something out of turn: nobody hears of it but who tells them. */
export interface WebhooksPublication {
  type: 'webhooks';
  /** What was told, by the keys of both; null: which there are, or how they are told. */
  told: { webhook: number; event: number } | null;
}

/** A bot's turn came, or came to an end: for who asks bots, and for who waits for the answer. No line hears of it. */
export interface TurnPublication {
  type: 'turn';
  /** The conversation's key. */
  conversation: number;
  conversationId: string;
  /** The turn's key, and its bot's. */
  turn: number;
  bot: number;
  state: 'waiting' | 'asked' | 'deferred' | 'answered' | 'failed' | 'handed_over';
}

/** What other servers on the same database publish of it: not to a line of here, and bytes are taken away once. */
export function forOthers(publication: Publication): Publication | null {
  if (publication.type === 'files') return null;
  return publication.type === 'thread' ? { ...publication, line: null } : publication;
}

export type Publication =
  | ThreadPublication
  | MarkPublication
  | UserPublication
  | EvictPublication
  | GonePublication
  | JobPublication
  | FilesPublication
  | SettingsPublication
  | TurnPublication
  | WebhooksPublication;
