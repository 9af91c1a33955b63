/** What may be asked to change about telling people of what they miss, and about the links that lead them back. */
import type { NoticeRow } from '../../db/rows.ts';
import type { By } from '../caller.ts';
import type { NewSession } from '../people/people-change.ts';

/** A browser that takes push messages for who asks. */
export interface PutPushChange {
  type: 'push.put';
  by: By;
  endpoint: string;
  p256dh: string;
  auth: string;
  /** Keys of the user's browsers there were, and of that endpoint's. */
  known: number[];
}

export interface DeletePushChange {
  type: 'push.delete';
  by: By;
  push: number;
}

/** Browsers of which their services say that they are gone. */
export interface PushGoneChange {
  type: 'push.gone';
  pushes: number[];
}

/** Whether new messages are followed for those who are not there. */
export interface FollowChange {
  type: 'notices.follow';
  on: boolean;
}

/** Looks that become due, of what happened up to a place. */
export interface PutNoticesChange {
  type: 'notices.put';
  receiver: number;
  place: number;
  notices: Omit<NoticeRow, 'id' | 'failures' | 'told'>[];
}

/** What came of a look: the next one, or (null) none. */
export interface SettleNoticeChange {
  type: 'notice.settle';
  notice: number;
  next: Pick<NoticeRow, 'dueAt' | 'told' | 'failures'> | null;
}

/** Somebody wants no more mail of that kind: by the link in one. */
export interface UnsubscribeChange {
  type: 'user.unsubscribe';
  user: number;
}

/** A one-use secret that a mail carries: it leads its reader back. */
export interface FollowLinkChange {
  type: 'link.follow';
  link: number;
  user: number;
  session: NewSession;
}

/** Somebody new for the team, who chooses a password by a link. */
export interface InviteChange {
  type: 'invitation.create';
  by: By;
  role: 'peer' | 'agent' | 'admin';
  name: string | null;
  email: string | null;
  hash: string;
  expiresAt: number;
}

export type NoticeChange =
  | PutPushChange
  | DeletePushChange
  | PushGoneChange
  | FollowChange
  | PutNoticesChange
  | SettleNoticeChange
  | UnsubscribeChange
  | FollowLinkChange
  | InviteChange;
