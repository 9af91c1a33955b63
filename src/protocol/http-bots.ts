import { type Static, Type } from 'typebox';
import { BotEngine, BotFormat, BotHistory, BotTemperature, BotTimeout } from './bot.ts';
import { normaliseContent } from './content.ts';
import { Fields } from './fields.ts';
import { PageProperties } from './http-query.ts';
import {
  MAX_BOT_KEY_LENGTH,
  MAX_BOT_PROMPT_LENGTH,
  MAX_QUICK_REPLIES,
  MAX_QUICK_REPLY_LENGTH,
  MAX_TAG_LENGTH,
  MAX_TAGS,
  MAX_URL_LENGTH,
} from './limits.ts';
import { nullable, received, withRule } from './schema.ts';
import { Content, Line, Token } from './words.ts';

const Url = Type.String({
  maxLength: MAX_URL_LENGTH,
  pattern: '^https?://[^\\s/?#@\\\\]+([/?]\\S*)?$',
  description: 'an http or https address without a password',
});

/** A key or secret is written and never read back; it goes into a header, so it is one line of ASCII. */
const Key = Type.String({
  pattern: `^[\\x21-\\x7e]{1,${MAX_BOT_KEY_LENGTH}}$`,
  description: `text of 1 to ${MAX_BOT_KEY_LENGTH} ASCII characters without blanks`,
});

const Fallback = Type.Union([
  received({ handover: Type.Literal(true) }),
  received({ text: withRule(Content, '', 'must not be blank', (text) => normaliseContent(text) !== '') }),
]);

const Prompt = Type.String({ maxLength: MAX_BOT_PROMPT_LENGTH });

const optional = {
  format: Type.Optional(BotFormat),
  enabled: Type.Optional(Type.Boolean()),
  model: Type.Optional(Line()),
  prompt: Type.Optional(Prompt),
  temperature: Type.Optional(BotTemperature),
  actions: Type.Optional(Type.Boolean()),
  history: Type.Optional(BotHistory),
  timeoutMs: Type.Optional(BotTimeout),
  fallback: Type.Optional(Fallback),
};

/** POST /v1/bots */
export const BotBody = withRule(
  received({
    name: Line(),
    engine: BotEngine,
    url: Url,
    ...optional,
    key: Type.Optional(Key),
    secret: Type.Optional(Key),
  }),
  'model',
  'is required for the engine openai',
  ({ engine, model }) => engine !== 'openai' || model !== undefined,
);
export type BotBody = Static<typeof BotBody>;

/** PATCH /v1/bots/:id; null takes a key, a secret, a prompt or a temperature away. */
export const BotPatch = received({
  name: Type.Optional(Line()),
  engine: Type.Optional(BotEngine),
  url: Type.Optional(Url),
  ...optional,
  prompt: Type.Optional(nullable(Prompt)),
  temperature: Type.Optional(nullable(BotTemperature)),
  key: Type.Optional(nullable(Key)),
  secret: Type.Optional(nullable(Key)),
});
export type BotPatch = Static<typeof BotPatch>;

/** GET /v1/bots */
export const BotsQuery = received(PageProperties);
export type BotsQuery = Static<typeof BotsQuery>;

/** What a bot may say besides its text, wherever it answers. */
export const BotActionProperties = {
  handover: Type.Union([Type.Boolean(), Content, received({ note: Type.Optional(Content) })]),
  close: Type.Boolean(),
  tags: Type.Array(Line(MAX_TAG_LENGTH), { maxItems: MAX_TAGS }),
  quickReplies: Type.Array(Line(MAX_QUICK_REPLY_LENGTH), { maxItems: MAX_QUICK_REPLIES }),
  fields: Fields,
};

/** POST /v1/bots/replies/:token */
export const BotReplyParams = received({ token: Token });

const { handover, close, tags, quickReplies, fields } = BotActionProperties;
/** The same: the text by one of the names that tools give it. */
export const BotReplyBody = received({
  reply: Type.Optional(Content),
  output: Type.Optional(Content),
  text: Type.Optional(Content),
  message: Type.Optional(Content),
  handover: Type.Optional(handover),
  close: Type.Optional(close),
  tags: Type.Optional(tags),
  quickReplies: Type.Optional(quickReplies),
  fields: Type.Optional(fields),
});
