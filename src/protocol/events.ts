import { type Static, Type } from 'typebox';
import { Conversation } from './conversation.ts';
import { Counts } from './counts.ts';
import { Message } from './message.ts';
import { Participant } from './participant.ts';
import { Me, Person } from './person.ts';
import { IdOrTeam, Presence } from './presence.ts';
import { nullable, ref } from './schema.ts';
import { Count, Id, Rev, SeqOrZero, Time } from './words.ts';

// -- durable: every reader gets exactly one event for each rev of a conversation ----------------------------------

/** `conversation`: as it is after the change. `parentId`: the change is the side conversation's; to the team only. */
const MessageEvent = Type.Object({
  type: Type.Enum(['message.created', 'message.updated', 'message.deleted']),
  conversationId: Id,
  parentId: Type.Optional(Id),
  rev: Rev,
  message: ref(Message),
  conversation: Type.Optional(ref(Conversation)),
});

const ParticipantUpdated = Type.Object({
  type: Type.Literal('participant.updated'),
  conversationId: Id,
  rev: Rev,
  participant: ref(Participant),
});

/** To those who may read it from now on; they start following at `rev`. */
const ConversationCreated = Type.Object({
  type: Type.Literal('conversation.created'),
  conversationId: Id,
  rev: Rev,
  conversation: ref(Conversation),
});

/** `reset`: a bulk change (a merge, an erasure); sync since 0. */
const ConversationUpdated = Type.Object({
  type: Type.Literal('conversation.updated'),
  conversationId: Id,
  rev: Rev,
  conversation: ref(Conversation),
  reset: Type.Optional(Type.Literal(true)),
});

// -- without a rev, and yet never lost: the last one stands, sync and changes bring it ----------------------------

/** You may no longer read it, or it is gone: forget it. */
const ConversationRemoved = Type.Object({ type: Type.Literal('conversation.removed'), conversationId: Id });

/** `unread`: to the reader alone. */
const ParticipantRead = Type.Object({
  type: Type.Literal('participant.read'),
  conversationId: Id,
  userId: IdOrTeam,
  readSeq: SeqOrZero,
  readAt: nullable(Time),
  deliveredSeq: Type.Optional(SeqOrZero),
  unread: Type.Optional(Count),
});

const MeUpdated = Type.Object({ type: Type.Literal('me.updated'), user: ref(Me) });

// -- may be lost --------------------------------------------------------------------------------------------------

/** `offset` in UTF-16 units; beyond what is held: get the message. */
const MessageDelta = Type.Object({
  type: Type.Literal('message.delta'),
  conversationId: Id,
  messageId: Id,
  offset: Count,
  text: Type.String(),
});

/** Ends by itself after 6 s, or with a message of that user. */
const Typing = Type.Object({
  type: Type.Literal('typing'),
  conversationId: Id,
  user: ref(Person),
  on: Type.Boolean(),
  text: Type.Optional(Type.String()),
});

/** The whole list. */
const Viewer = Type.Object({ type: Type.Literal('viewer'), conversationId: Id, users: Type.Array(ref(Person)) });

const PresenceEvent = Type.Object({ type: Type.Literal('presence'), users: Type.Array(ref(Presence)) });

const InboxCounts = Type.Object({ type: Type.Literal('inbox.counts'), ...Counts.properties });

/** The close with that code follows. */
const Bye = Type.Object({ type: Type.Literal('bye'), code: Count, retryMs: Count });

/** What happened, in one shape for WebSocket, SSE and webhooks. */
export const Event = Type.Union(
  [
    MessageEvent,
    ParticipantUpdated,
    ConversationCreated,
    ConversationUpdated,
    ConversationRemoved,
    ParticipantRead,
    MeUpdated,
    MessageDelta,
    Typing,
    Viewer,
    PresenceEvent,
    InboxCounts,
    Bye,
  ],
  { $id: 'Event', description: 'What happened, in one shape for WebSocket, SSE and webhooks.' },
);
export type Event = Static<typeof Event>;

export type EventType = Event['type'];
/** The event of one type: `EventOf<'typing'>`. */
export type EventOf<T extends EventType> = Extract<Event, { type: T }>;
/** The events that have a rev: every reader gets exactly one for each. */
export type DurableEvent = Extract<Event, { rev: number }>;
