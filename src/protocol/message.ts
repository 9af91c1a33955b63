import { type Static, Type } from 'typebox';
import { Attachment } from './attachment.ts';
import { PersonOrNull } from './person.ts';
import { answered, nullable, ref } from './schema.ts';
import { System } from './system.ts';
import { Id, Rev, Seq, SeqOrZero, Time } from './words.ts';

/** Set by the server: `file` when it has attachments, `system` only by the server itself or an API key. */
export const MessageKind = Type.Enum(['text', 'file', 'system']);
export type MessageKind = Static<typeof MessageKind>;

/** A bot's message that is not whole: being written, stopped by somebody, or broken off. */
const MessageState = Type.Enum(['streaming', 'stopped', 'interrupted']);
export type MessageState = Static<typeof MessageState>;

export const Message = answered(
  'Message',
  {
    id: Id,
    conversationId: Id,
    seq: Seq,
    rev: Rev,
    kind: MessageKind,
    author: PersonOrNull,
    ai: Type.Boolean(),
    content: nullable(Type.String()),
    attachments: Type.Array(ref(Attachment)),
    state: Type.Optional(MessageState),
    quickReplies: Type.Optional(Type.Array(Type.String())),
    system: Type.Optional(ref(System)),
    afterSeq: Type.Optional(SeqOrZero),
    createdAt: Time,
    editedAt: nullable(Time),
    deletedAt: nullable(Time),
  },
  'A message. Its author stays as written (null: the system); content is null only when it was deleted; afterSeq stands ' +
    'on the messages of a side conversation: the seq that the customer’s thread had.',
);
export type Message = Static<typeof Message>;
