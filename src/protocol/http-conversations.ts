import { type Static, Type } from 'typebox';
import { ConversationKind, ConversationStatus, MaxLength, Queue } from './conversation.ts';
import { ParticipantBody } from './http-participants.ts';
import { PageProperties } from './http-query.ts';
import { MAX_MESSAGE_LENGTH, MAX_NEW_PARTICIPANTS, MAX_TAG_LENGTH, MAX_TAGS } from './limits.ts';
import { nullable, received, ref, withRule } from './schema.ts';
import { Content, Count, Id, Line, Seq, SeqOrZero, Time } from './words.ts';

const begun = { id: Type.Optional(Id), subject: Type.Optional(Line()) };

/** POST /v1/conversations */
export const ConversationBody = Type.Union([
  received({
    kind: Type.Literal('support'),
    ...begun,
    customerId: Type.Optional(Id),
    queue: Type.Optional(Queue),
    assigneeId: Type.Optional(Id),
  }),
  withRule(
    received({
      kind: Type.Literal('direct'),
      ...begun,
      userId: Type.Optional(Id),
      userExternalId: Type.Optional(Line()),
    }),
    'userId',
    'or userExternalId is required, one of the two',
    ({ userId, userExternalId }) => (userId === undefined) !== (userExternalId === undefined),
  ),
  received({
    kind: Type.Literal('room'),
    ...begun,
    externalId: Type.Optional(Line()),
    participants: Type.Optional(Type.Array(ref(ParticipantBody), { maxItems: MAX_NEW_PARTICIPANTS })),
    maxLength: Type.Optional(MaxLength),
  }),
]);
export type ConversationBody = Static<typeof ConversationBody>;

/** PATCH /v1/conversations/:id */
export const ConversationPatch = withRule(
  received({
    status: Type.Optional(ConversationStatus),
    subject: Type.Optional(nullable(Line())),
    assigneeId: Type.Optional(nullable(Id)),
    tags: Type.Optional(Type.Array(Line(MAX_TAG_LENGTH), { maxItems: MAX_TAGS })),
    snoozedUntil: Type.Optional(nullable(Time)),
    maxLength: Type.Optional(MaxLength),
    ifSeq: Type.Optional(SeqOrZero),
  }),
  'tags',
  'must be different ones',
  ({ tags = [] }) => new Set(tags).size === tags.length,
);
export type ConversationPatch = Static<typeof ConversationPatch>;

/** GET /v1/conversations */
export const ConversationsQuery = received({
  kind: Type.Optional(ConversationKind),
  status: Type.Optional(
    Type.String({
      pattern: '^(open|closed|snoozed)(,(open|closed|snoozed)){0,2}$',
      description: 'open, closed or snoozed, or several of them by comma',
    }),
  ),
  queue: Type.Optional(Queue),
  assignee: Type.Optional(Type.Union([Type.Enum(['me', 'none', 'bot', 'peer', 'agent']), Id])),
  tag: Type.Optional(Line(MAX_TAG_LENGTH)),
  customer: Type.Optional(Id),
  externalId: Type.Optional(Line()),
  unread: Type.Optional(Type.Boolean()),
  order: Type.Optional(Type.Enum(['activity', 'waiting'])),
  ...PageProperties,
});
export type ConversationsQuery = Static<typeof ConversationsQuery>;

/** POST …/rating */
export const RatingBody = received({
  score: Type.Integer({ minimum: 1, maximum: 5 }),
  comment: Type.Optional(Content),
});
export type RatingBody = Static<typeof RatingBody>;

/** POST …/read and …/delivered */
export const MarkBody = received({ seq: Seq });
export type MarkBody = Static<typeof MarkBody>;

/** What …/read answers. */
export const MarkAnswer = Type.Object({ readSeq: SeqOrZero, unread: Count });
export type MarkAnswer = Static<typeof MarkAnswer>;

/** POST …/typing */
export const TypingBody = received({
  on: Type.Boolean(),
  text: Type.Optional(Type.String({ maxLength: MAX_MESSAGE_LENGTH })),
});
export type TypingBody = Static<typeof TypingBody>;
