/**
 * What `chat/` hands to the writer: data, with what must hold left to be judged at the commit. Keys (numbers) are of
 * rows that are never made anew; everything else is named by UUID.
 */

import type { Context } from '../db/schema/conversations.ts';
import type { AttachmentChange } from './attachments/attachment-change.ts';
import type { BotChange } from './bots/bot-change.ts';
import type { TurnChange } from './bots/turn-change.ts';
import type { By } from './caller.ts';
import type { NoticeChange } from './notices/notice-change.ts';
import type { OutboxChange } from './outbox/outbox-change.ts';
import type { OpenidSignInChange } from './people/openid-change.ts';
import type { PasskeyChange } from './people/passkey-change.ts';
import type { PeopleChange } from './people/people-change.ts';
import type { TotpChange } from './people/totp-change.ts';
import type { SetupChange } from './setup/setup-change.ts';

/** Where a send goes: a conversation, or whom it is `to`. */
export type Target =
  | { conversation: string }
  | { support: 'agent' | 'peer' }
  | { user: { uuid: string } | { externalId: string } }
  | { customer: { uuid: string } };

/** What a conversation that has to be made begins with. */
export interface Beginning {
  /** Chosen by who asks; null: made. */
  id: string | null;
  ip: string | null;
  userAgent: string | null;
  context: Context;
}

export interface SendChange {
  type: 'message.create';
  by: By;
  target: Target;
  beginning: Beginning | null;
  id: string;
  content: string;
  system: boolean;
  quickReplies: string[] | null;
  /** UUIDs of uploads. */
  attachments: string[];
  link: { url: string; name: string; mediaType: string } | null;
  ifSeq: number | null;
}

export interface EditChange {
  type: 'message.edit';
  by: By;
  conversation: string;
  id: string;
  content: string;
}

export interface DeleteChange {
  type: 'message.delete';
  by: By;
  conversation: string;
  id: string;
}

export interface StopChange {
  type: 'message.stop';
  by: By;
  conversation: string;
  id: string;
  /** What was told of it so far; null: nothing that is not kept. */
  text: string | null;
}

export interface ReadChange {
  type: 'mark.read';
  by: By;
  conversation: string;
  seq: number;
  /** What has reached a device, as far as it is known: it is kept with the next read mark. */
  delivered?: number;
}

/** Somebody named by the host or by the team, for a room. */
export interface Guest {
  user: { uuid: string } | { externalId: string };
  name: string | null;
  /** Absent: as it is; nobody's and no moderator at first. */
  title?: string;
  moderator?: boolean;
}

export type CreateConversationChange = { type: 'conversation.create'; by: By; beginning: Beginning } & (
  | {
      kind: 'support';
      subject: string | null;
      /** Absent when the customer begins it. */
      customer: { uuid: string } | null;
      queue: 'agent' | 'peer';
      assignee: { uuid: string } | null;
    }
  | { kind: 'direct'; user: { uuid: string } | { externalId: string } }
  | { kind: 'room'; subject: string | null; externalId: string | null; maxLength: number | null; guests: Guest[] }
);

export interface PatchConversationChange {
  type: 'conversation.patch';
  by: By;
  conversation: string;
  status?: 'open' | 'closed';
  subject?: string | null;
  assignee?: { uuid: string } | null;
  maxLength?: number | null;
  tags?: string[];
  /** ms; null ends it. */
  snoozedUntil?: number | null;
  ifSeq: number | null;
}

/** By an admin or by an API key. */
export interface DeleteConversationChange {
  type: 'conversation.delete';
  by: By;
  conversation: string;
}

/** By the server itself. One that is not over any more by then, or is gone, is left as it is. */
export interface ExpireConversationChange {
  type: 'conversation.expire';
  conversation: string;
  /** It is closed, and nothing was said in it, since before then (ms); null: nothing was ever said in it. */
  closedBefore: number | null;
}

/** A step of deleting what did not go at once. */
export interface RemoveConversationChange {
  type: 'conversation.remove';
  job: number;
  /** By which people knew it. */
  uuid: string;
  /** Keys of what is left of it and of its side. */
  conversations: number[];
}

export interface ClaimChange {
  type: 'conversation.claim';
  by: By;
  conversation: string;
}

export interface HandoverChange {
  type: 'conversation.handover';
  by: By;
  conversation: string;
}

export interface RateChange {
  type: 'conversation.rate';
  by: By;
  conversation: string;
  /** 1 to 5 */
  score: number;
  comment: string;
}

/** By the server itself. */
export interface EndSnoozeChange {
  type: 'snooze.end';
  conversation: string;
  /** As it was found, ms: one that was changed meanwhile does not end. */
  until: number;
}

export interface PutParticipantChange {
  type: 'participant.put';
  by: By;
  conversation: string;
  guest: Guest;
}

export interface RemoveParticipantChange {
  type: 'participant.remove';
  by: By;
  conversation: string;
  user: string;
}

export type ConversationChange =
  | SendChange
  | EditChange
  | DeleteChange
  | StopChange
  | ReadChange
  | CreateConversationChange
  | PatchConversationChange
  | DeleteConversationChange
  | ExpireConversationChange
  | RemoveConversationChange
  | ClaimChange
  | HandoverChange
  | RateChange
  | EndSnoozeChange
  | PutParticipantChange
  | RemoveParticipantChange;

export type Change =
  | ConversationChange
  | PeopleChange
  | TotpChange
  | OpenidSignInChange
  | PasskeyChange
  | SetupChange
  | AttachmentChange
  | BotChange
  | TurnChange
  | OutboxChange
  | NoticeChange;
