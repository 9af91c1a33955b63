/** What the widget asks of the client library: of the light client while it lasts, else of the full one. */
import type { Draft as Content } from '../../../protocol/draft.ts';
import type { Message } from '../../../protocol/message.ts';
import type { Sending } from '../../sdk/client.ts';
import type { Conversations } from '../../sdk/conversations.ts';
import type { Core } from '../../sdk/core.ts';
import type { Http } from '../../sdk/http.ts';
import type { OutboxItem, Target } from '../../sdk/outbox-item.ts';

export type Draft = Content & { files?: readonly Blob[] };

/** What either has at hand, */
type AtHand = Pick<
  Core,
  'state' | 'user' | 'limits' | 'read' | 'typing' | 'typists' | 'view' | 'attachmentUrl' | 'close'
>;
/** and what the light one leaves to the full one. */
type Later = Pick<Core, 'edit' | 'delete' | 'stop' | 'createConversation' | 'handover' | 'rate'>;

export type Talk = AtHand &
  Later & {
    readonly conversations: Pick<
      Conversations,
      | 'get'
      | 'list'
      | 'open'
      | 'messages'
      | 'message'
      | 'hasOlder'
      | 'older'
      | 'readAt'
      | 'load'
      | 'fetch'
      | 'participants'
    >;
    readonly outbox: { list(): readonly OutboxItem[] } & Pick<Core['outbox'], 'retry' | 'discard'>;
    readonly http: Http;
    send(target: Target, message: Draft): Sending;
    /** Ends the session on the server, if it can be told. */
    signOut(): void;
  };

/** What the widget hears. */
export type Hears = {
  changed(): void;
  /** A message was written just now, by anybody. */
  message(message: Message): void;
  /** How the line is. */
  state(name: string): void;
  /** The server knows whoever was here no longer. */
  signedOut(): void;
  /** Whether somebody of the team is online. */
  team(online: boolean): void;
};
