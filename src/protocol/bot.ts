import { type Static, Type } from 'typebox';
import { MAX_BOT_HISTORY, MAX_BOT_TIMEOUT_MS, MIN_BOT_TIMEOUT_MS } from './limits.ts';
import { answered } from './schema.ts';
import { Id } from './words.ts';

/** Who thinks for a bot: a program behind a webhook, or a model behind an OpenAI-compatible API. */
export const BotEngine = Type.Enum(['webhook', 'openai']);
export type BotEngine = Static<typeof BotEngine>;

/** In whose words a webhook is asked. */
export const BotFormat = Type.Enum(['parley', 'n8n']);
export type BotFormat = Static<typeof BotFormat>;

/** Messages before the newest one that the bot is told. */
export const BotHistory = Type.Integer({ minimum: 0, maximum: MAX_BOT_HISTORY });
/** From the question to the end of the answer. */
export const BotTimeout = Type.Integer({ minimum: MIN_BOT_TIMEOUT_MS, maximum: MAX_BOT_TIMEOUT_MS });
export const BotTemperature = Type.Number({ minimum: 0, maximum: 2 });

export const Bot = answered(
  'Bot',
  {
    id: Id,
    name: Type.String(),
    engine: BotEngine,
    url: Type.String(),
    format: Type.Optional(BotFormat),
    enabled: Type.Boolean(),
    model: Type.Optional(Type.String()),
    prompt: Type.Optional(Type.String()),
    temperature: Type.Optional(BotTemperature),
    actions: Type.Optional(Type.Boolean()),
    history: BotHistory,
    timeoutMs: BotTimeout,
    fallback: Type.Union([Type.Object({ handover: Type.Literal(true) }), Type.Object({ text: Type.String() })]),
    hasKey: Type.Boolean(),
  },
  'A user of the role bot, and how it answers. url is the webhook, or the base URL of the API. actions (openai): ' +
    'whether the model is offered the actions as tools. hasKey: whether a key ' +
    '(openai) or a secret (webhook) is kept; neither is ever told.',
);
export type Bot = Static<typeof Bot>;
