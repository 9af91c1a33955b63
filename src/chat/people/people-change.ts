/**
 * What may be asked to change about people and their credentials. Secrets come as hashes only, made before: hashing a
 * password takes too long for the writer, and a token in the clear has no business in a queue.
 */
import type { Me, Role } from '../../protocol/person.ts';
import type { By } from '../caller.ts';
import type { ExportUserChange } from '../export/export-change.ts';
import type { ExpireChange } from './expire-change.ts';
import type { KeyChange } from './key-change.ts';
import type { SecondFactor } from './totp-change.ts';

/** A credential that begins to live. Times in ms. */
export interface NewSession {
  uuid: string;
  kind: 'visitor' | 'login' | 'token';
  /** Of the token, or of the login's first refresh token. */
  hash: string;
  expiresAt: number;
  address: string | null;
  userAgent: string | null;
}

/** An anonymous user and the one credential that they will ever have. */
export interface CreateVisitorChange {
  type: 'visitor.create';
  name: string | null;
  email: string | null;
  fields: Record<string, string>;
  session: NewSession;
}

/** What others decide about a user; what is absent stays as it is. */
export interface UserTraits {
  name?: string;
  email?: string;
  role?: Role;
  externalId?: string;
  /** A hash in PHC form. */
  password?: string;
  disabled?: boolean;
}

/**
 * What was read of a user beforehand, to name what judging must see: their sessions, which may end, and who logs in
 * with their e-mail address, which may become theirs.
 */
export interface Known {
  id: number;
  email: string | null;
}

/** By an admin, by an API key, or (null) by whoever runs the server: on its first start, and by the command line. */
export interface CreateUserChange {
  type: 'user.create';
  by: By | null;
  traits: UserTraits;
}

export interface PatchUserChange {
  type: 'user.patch';
  /** Null: whoever runs the server. */
  by: By | null;
  user: string;
  traits: UserTraits;
  known: Known | null;
  /** Keys of the admins there were: one of them has to remain. */
  admins: number[];
}

/** What users decide about themselves. */
export interface PatchMeChange {
  type: 'me.patch';
  by: By;
  name?: string;
  email?: string;
  fields?: Record<string, string>;
  /** Merged into what they chose before. */
  notifications?: { mail?: boolean; push?: boolean; queue?: boolean };
  /** The new hash. */
  password?: string;
  /** The hash that their present password was found to match: shown by who changes what they log in by. */
  shown?: string;
}

/** What the host says of somebody whom it names by its own id. */
export interface SaidByHost {
  externalId: string;
  name?: string;
  email?: string;
  title?: string;
  role?: Role;
  /** Keys of the admins there were: one of them has to remain. */
  admins: number[];
}

/** Somebody whom the host names, in a token that it signed or (`by`) by its API key. */
export interface SightUserChange extends SaidByHost {
  type: 'user.sight';
  by: By | null;
  /** A token made for them at the same time. */
  session: NewSession | null;
}

/** Who it turned out to be: the key of the user, and what they are told. */
export interface Sighted {
  id: number;
  me: Me;
}

/** Somebody whom the host names to the page they are on: what they did there as a visitor becomes theirs. */
export interface NameVisitorChange extends SaidByHost {
  type: 'visitor.name';
  /** Key of the anonymous user who calls; null: nobody does. */
  visitor: number | null;
  /** Key of the user whose living token is shown: who is that already gets no other one. */
  signedIn: number | null;
  session: NewSession;
}

/** Who it turned out to be, and what has passed to them. */
export interface Named extends Sighted {
  /** Whether they were unknown before. */
  made: boolean;
  /** Whether the token that was shown is theirs, and no other was made. */
  kept: boolean;
  /** UUIDs of the conversations. */
  conversations: string[];
  /** Key of the job that passes on the rest; null: there is none. */
  job: number | null;
}

/** A step of such a job. Keys of the users. */
export interface MergeStepChange {
  type: 'visitor.merge';
  job: number;
  from: number;
  to: number;
}

/** By an admin or an API key. */
export interface EraseUserChange {
  type: 'user.erase';
  by: By;
  /** UUID, and the key that was found for it. */
  user: string;
  known: number;
  /** Keys of the admins there were: one of them has to remain. */
  admins: number[];
}

/** How far an erasure is. */
export interface ErasureState {
  user: number;
  /** Key of the conversation that it is at; 0: of none yet. */
  conversation: number;
  /** Whether it is in the conversation's side. */
  side: boolean;
  /** Up to where that thread is done. */
  seq: number;
  /** Whether anything was erased in the conversation. */
  touched: boolean;
}

/** A step: messages of one thread, by their keys. `state` is what holds after it. */
export interface EraseTextChange {
  type: 'user.eraseText';
  job: number;
  thread: number;
  messages: number[];
  state: ErasureState;
}

/** A step: what else of the user is in a conversation. */
export interface EraseFromChange {
  type: 'user.eraseFrom';
  job: number;
  thread: number;
  state: ErasureState;
}

/** The last steps. `audit`: keys of lines that tell from where the user did something. */
export interface EraseRestChange {
  type: 'user.eraseRest';
  job: number;
  user: number;
  audit: number[];
  passkeys: number[];
}

export interface BlockUserChange {
  type: 'user.block' | 'user.unblock';
  by: By;
  user: string;
  /** Keys of the admins there were: one of them has to remain. */
  admins: number[];
}

/** They were here: noted once a day for each session, and what makes a visitor's token slide. */
export interface SeenUserChange {
  type: 'user.seen';
  user: number;
  session: number | null;
  /** When the session ends from now on, ms; null: as before. */
  expiresAt: number | null;
}

/** A login. */
export interface PutSessionChange {
  type: 'session.put';
  user: number;
  /** The hash that the password was found to match: another one by now refuses. */
  password: string;
  /** Null: the password alone, good where no code is asked for. */
  second: SecondFactor | null;
  session: NewSession;
}

/** A refresh token is given for its successor. */
export interface RotateSessionChange {
  type: 'session.rotate';
  session: number;
  user: number;
  presented: string;
  next: string;
  expiresAt: number;
}

/** What came of it: `reused` ended the session. */
export interface Rotated {
  reused: boolean;
}

export interface RevokeSessionChange {
  type: 'session.revoke';
  by: By;
  session: number;
}

/** A one-use secret, made by the server itself. */
export interface PutLinkChange {
  type: 'link.put';
  kind: 'first_admin' | 'invitation' | 'password' | 'mail';
  /** Whom it is for; null: somebody who is made by using it. */
  user: number | null;
  role: Role | null;
  hash: string;
  expiresAt: number;
  /** Keys of the links that end with it. */
  replaces: number[];
}

export interface UseLinkChange {
  type: 'link.use';
  link: number;
  known: Known | null;
  /** A hash in PHC form. */
  password: string;
  name: string | null;
  /** Of the first admin. */
  email: string | null;
  /** Keys of the admins there are who can sign in: the first one is made only once. */
  admins: number[];
  session: NewSession;
}

export type PeopleChange =
  | CreateVisitorChange
  | CreateUserChange
  | PatchUserChange
  | PatchMeChange
  | SightUserChange
  | NameVisitorChange
  | MergeStepChange
  | BlockUserChange
  | EraseUserChange
  | EraseTextChange
  | EraseFromChange
  | EraseRestChange
  | ExpireChange
  | SeenUserChange
  | PutSessionChange
  | RotateSessionChange
  | RevokeSessionChange
  | PutLinkChange
  | UseLinkChange
  | ExportUserChange
  | KeyChange;
