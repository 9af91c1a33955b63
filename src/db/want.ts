/**
 * What a change needs to see before it can be judged, said as keys. A store may answer each at once (SQLite) or
 * gather a batch's keys and fetch them together; nothing is returned here, `decide` finds it in the working set.
 */
import type { KeyedTable } from './written-tables.ts';

export interface Want {
  user(id: number): void;
  userByUuid(uuid: string): void;
  userByEmail(email: string): void;
  /** Like {@link Want.userByEmail}, by the address of somebody whom the host names. */
  emailOf(user: { externalId: string }): void;
  identity(provider: string, subject: string): void;
  /** Like {@link Want.userByEmail}, with all that others call that user. */
  identitiesByEmail(email: string): void;
  /** A row by its key. */
  row(table: KeyedTable, id: number): void;
  /** What admins have set up, and the users whom it puts in charge of new support conversations. */
  settings(): void;
  /** The canned reply of that shortcut. */
  cannedReply(shortcut: string): void;
  /** Every session of the user that still lives. */
  sessionsOf(user: number): void;
  /** Every passkey of the user. */
  passkeysOf(user: number): void;
  /** With its side or parent, its customer and assignee, and for support and direct its participants. */
  conversation(uuid: string): void;
  /** The conversation that holds this key, like {@link Want.conversation}; with the participation of a user. */
  openKey(key: string, user?: number | null): void;
  /** The direct conversation of a user and another, named by uuid or by the host's id; and that other. */
  direct(user: number, other: { uuid: string } | { externalId: string }): void;
  /** The support conversation that `to` means for a customer of that uuid; and the customer. */
  support(queue: 'agent' | 'peer', customer: { uuid: string }): void;
  participant(conversation: string, user: number): void;
  /** Like {@link Want.participant}, for somebody named from outside; with that user and their author rows. */
  participantNamed(conversation: string, user: { uuid: string } | { externalId: string }): void;
  /** The user, and their author rows, newest 50: as what they wrote before. */
  authors(user: number | { uuid: string }): void;
  /** With its author and its attachments. */
  message(conversation: string, uuid: string): void;
  /** A message that is being written, in `WorkingSet.growing`: neither what it says so far nor who wrote it. */
  growing(conversation: string, uuid: string): void;
  /** With its file. */
  attachment(uuid: string): void;
  file(hash: string): void;
  /** Whether anybody shows the picture of that path, or wrote while they did. */
  shown(avatar: string): void;
  /** How many attachments of the user's no message has. */
  waitingOf(user: number): void;
  /** The message of that id in any conversation of that kind that the user is in. */
  sent(user: number | { uuid: string }, kind: 'support' | 'direct', uuid: string): void;
  /**
   * What passes from one user to another, up to a bound, in `WorkingSet.passing`: conversations of the first with the
   * second's participation in each, and the first's living sessions, author rows, browsers for push and waiting attachments, all of them.
   */
  passing(from: number, to: number | { externalId: string }): void;
  /**
   * The first rows of a conversation and its side, or of what is left of some by their keys, in
   * `WorkingSet.removing`: up to a bound in all, and who is in them before what was said.
   */
  removing(conversations: { uuid: string } | readonly number[]): void;
  /**
   * By what a user comes in, in `WorkingSet.belongings`: sessions up to a bound, what others call them; and their
   * author rows, all of them.
   */
  belongings(user: number): void;
  /**
   * Messages of a thread by their keys, with their authors, in `WorkingSet.erasing`; the user's participation, and in
   * `lastBefore` the thread's newest message that would be shown.
   */
  erasing(thread: number, messages: readonly number[], user: number): void;
  /** Who wrote last: for `ifSeq`. */
  tail(conversation: string): void;
  /**
   * What a user passes who has read up to `seq`: by their own mark, or by the team's. Begins a new batch when it
   * depends on what an earlier change of this one does to the thread.
   */
  passed(conversation: string, user: number, seq: number): void;
  /**
   * The newest message that would be shown if `uuid` were gone. Begins a new batch when an earlier change of this one
   * touched the thread.
   */
  lastBefore(conversation: string, uuid: string): void;
}
