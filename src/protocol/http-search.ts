import { type Static, Type } from 'typebox';
import { ConversationKind } from './conversation.ts';
import { PageProperties } from './http-query.ts';
import { MAX_SEARCH_LENGTH } from './limits.ts';
import { Message } from './message.ts';
import { answered, nullable, received, ref } from './schema.ts';
import { Count, Id, Seq, Time } from './words.ts';

/** GET /v1/search */
export const SearchQuery = received({
  q: Type.String({
    minLength: 1,
    maxLength: MAX_SEARCH_LENGTH,
    description: 'Words that all have to be there; wor* for those that begin so; "in quotes" for a phrase.',
  }),
  conversation: Type.Optional(Id),
  author: Type.Optional(Id),
  from: Type.Optional(Time),
  to: Type.Optional(Time),
  order: Type.Optional(Type.Enum(['newest', 'rank'])),
  ...PageProperties,
});
export type SearchQuery = Static<typeof SearchQuery>;

export const SearchHit = answered(
  'SearchHit',
  {
    message: ref(Message),
    conversation: Type.Object({ id: Id, kind: ConversationKind, subject: nullable(Type.String()) }),
    marks: Type.Array(Type.Tuple([Count, Seq]), { description: '[start, length], in UTF-16 units, in order.' }),
  },
  'A message that was found, the conversation (of a note: the one that it is about), and where in its content.',
);
export type SearchHit = Static<typeof SearchHit>;
