import { type Static, Type } from 'typebox';
import { Draft, DraftProperties, underDraftRules } from './draft.ts';
import { PageProperties } from './http-query.ts';
import { Message } from './message.ts';
import { answered, nullable, received, ref, withRule } from './schema.ts';
import { To } from './to.ts';
import { Content, Seq, SeqOrZero } from './words.ts';

/** POST …/messages */
export const SendBody = underDraftRules(
  received({ ...DraftProperties, ifSeq: Type.Optional(SeqOrZero) }, { $id: 'SendBody' }),
);
export type SendBody = Static<typeof SendBody>;

/** POST /v1/messages */
export const SendToBody = received({ to: ref(To), message: ref(Draft) });
export type SendToBody = Static<typeof SendToBody>;

/** Both of them: `?wait=reply` answers with the bot's reply. */
export const SendQuery = received({ wait: Type.Optional(Type.Literal('reply')) });
export type SendQuery = Static<typeof SendQuery>;

export const WithReply = answered(
  'WithReply',
  { message: ref(Message), reply: nullable(ref(Message)), handedOver: Type.Optional(Type.Literal(true)) },
  'A message and what the bot replied to it; reply null: a person has taken over.',
);

/** PATCH …/messages/:messageId */
export const EditBody = received({ content: Content });
export type EditBody = Static<typeof EditBody>;

/** GET …/messages; without `before`, `after` and `around` the newest. `afterSeq` is for side conversations. */
export const HistoryQuery = withRule(
  received({
    before: Type.Optional(SeqOrZero),
    after: Type.Optional(SeqOrZero),
    around: Type.Optional(Seq),
    afterSeq: Type.Optional(SeqOrZero),
    limit: PageProperties.limit,
  }),
  'around',
  'cannot stand beside before or after, nor these beside each other',
  ({ before, after, around }) => [before, after, around].filter((place) => place !== undefined).length <= 1,
);
export type HistoryQuery = Static<typeof HistoryQuery>;
