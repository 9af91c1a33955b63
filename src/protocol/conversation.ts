import { type Static, Type } from 'typebox';
import { Context } from './context.ts';
import { MAX_MESSAGE_LENGTH } from './limits.ts';
import { MessageKind } from './message.ts';
import { Participant } from './participant.ts';
import { PersonOrNull } from './person.ts';
import { answered, nullable, ref } from './schema.ts';
import { Count, Id, Position, Rev, Seq, SeqOrZero, Time } from './words.ts';

export const ConversationKind = Type.Enum(['support', 'direct', 'room']);
export type ConversationKind = Static<typeof ConversationKind>;

export const ConversationStatus = Type.Enum(['open', 'closed']);
export type ConversationStatus = Static<typeof ConversationStatus>;

/** Where a support conversation waits, chosen when it begins and kept as its sort. */
export const Queue = Type.Enum(['agent', 'peer']);
export type Queue = Static<typeof Queue>;

/** In code points, for users; the team and bots may always write 10,000. */
export const MaxLength = Type.Integer({ minimum: 1, maximum: MAX_MESSAGE_LENGTH });

/** The side conversation of a support conversation: what only the team may know. */
export const Team = answered(
  'Team',
  {
    id: Id,
    seq: SeqOrZero,
    rev: Rev,
    tags: Type.Array(Type.String()),
    snoozedUntil: nullable(Time),
    ip: nullable(Type.String()),
    userAgent: nullable(Type.String()),
    context: ref(Context),
  },
  'The side conversation: what only the team may know. Its id is good wherever a conversation’s is, for the team.',
);
export type Team = Static<typeof Team>;

export const Conversation = answered(
  'Conversation',
  {
    id: Id,
    kind: ConversationKind,
    seq: SeqOrZero,
    rev: Rev,
    status: ConversationStatus,
    subject: nullable(Type.String()),
    externalId: Type.Optional(Type.String()),
    maxLength: MaxLength,
    participants: Type.Array(ref(Participant)),
    participantCount: Type.Optional(Count),
    assignee: Type.Optional(PersonOrNull),
    queue: Type.Optional(Queue),
    teamReadSeq: Type.Optional(SeqOrZero),
    teamReadAt: Type.Optional(nullable(Time)),
    waiting: Type.Optional(nullable(Position)),
    rating: Type.Optional(nullable(Type.Number())),
    last: nullable(Type.Object({ seq: Seq, authorId: nullable(Id), kind: MessageKind, text: Type.String(), at: Time })),
    activity: Position,
    createdAt: Time,
    closedAt: nullable(Time),
    my: Type.Optional(Type.Object({ readSeq: SeqOrZero, unread: Count, moderator: Type.Optional(Type.Boolean()) })),
    team: Type.Optional(ref(Team)),
  },
  'A thread of messages. participants: support the customer alone, direct both, room none (ask for them); last: the ' +
    'newest message that is neither system nor deleted; my: only in answers to one caller; team: only to the team.',
);
export type Conversation = Static<typeof Conversation>;
