import { type Static, Type } from 'typebox';
import { Conversation } from './conversation.ts';
import { Message } from './message.ts';
import { answered, received, ref } from './schema.ts';

/** GET …/transcript */
export const TranscriptQuery = received({ format: Type.Optional(Type.Enum(['text', 'json', 'html'])) });
export type TranscriptQuery = Static<typeof TranscriptQuery>;
export type TranscriptFormat = NonNullable<TranscriptQuery['format']>;

export const Transcript = answered(
  'Transcript',
  { conversation: ref(Conversation), messages: Type.Array(ref(Message)) },
  'A conversation from its first message to its last, without what only the team may know.',
);
