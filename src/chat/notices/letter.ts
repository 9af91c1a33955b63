/** What is told to somebody who is not there, as data: how it is worded is for those who send it. */

/** Who is told. */
export interface Recipient {
  email: string;
  name: string | null;
}

/** Unread messages of one conversation. */
export interface UnreadNews {
  kind: 'unread';
  conversation: string;
  unread: number;
  /** Who wrote last; null: nobody who can be named. */
  from: string | null;
  /** The beginning of the newest message; null: it is not told. */
  text: string | null;
}

/** A customer whom nobody of the team attends to. */
export interface QueueNews {
  kind: 'queue';
  conversation: string;
  /** For how long, ms. */
  waitingMs: number;
}

export type News = UnreadNews | QueueNews;

/** A mail: what it says, and the secrets that its links carry. */
export type Letter = { to: Recipient } & (
  | { kind: 'password'; link: string }
  | { kind: 'invitation'; link: string }
  // A link that signs in is for customers: the team, for whom it is null, has passwords.
  | { kind: 'news'; news: News; link: string | null; unsubscribe: string }
);
