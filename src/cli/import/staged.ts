/** What one row of a source says, once its columns are understood: people, conversations, who is in them, messages. */
import type { Role } from '../../protocol/person.ts';

export interface StagedPerson {
  key: string;
  name: string | null;
  email: string | null;
  role: Role | null;
  createdAt: number | null;
  lastSeenAt: number | null;
}

export interface StagedConversation {
  key: string;
  /** By which messages speak of it. */
  names: string[];
  queue: 'agent' | 'peer';
  customer: string | null;
  assignee: string | null;
  people: string[];
  /** Null: the source does not tell. */
  closed: boolean | null;
  subject: string | null;
  createdAt: number | null;
  closedAt: number | null;
  ip: string | null;
  userAgent: string | null;
  customerName: string | null;
  customerEmail: string | null;
}

export interface StagedParticipant {
  conversation: string;
  user: string;
  name: string | null;
  title: string | null;
  moderator: boolean;
  createdAt: number | null;
}

/** A message, or a piece of one that is too long to be one here. */
export interface StagedMessage {
  /** The source's own. */
  id: string;
  /** 0: the first piece, or all of it. */
  piece: number;
  conversation: string;
  at: number;
  author: string | null;
  receiver: string | null;
  word: 'customer' | 'team' | 'bot' | 'system' | null;
  name: string | null;
  title: string | null;
  moderator: boolean;
  content: string;
  editedAt: number | null;
  deletedAt: number | null;
  read: boolean;
  readAt: number | null;
  url: string | null;
  fileName: string | null;
}

/** Where something stands in the source. */
export interface Place {
  file: number;
  line: number;
}
