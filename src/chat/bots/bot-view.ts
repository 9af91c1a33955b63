/** A bot as admins are told of it: everything but its key and secret. */
import type { BotRow, UserRow } from '../../db/rows.ts';
import type { Bot } from '../../protocol/bot.ts';

export function botView(bot: BotRow, user: UserRow): Bot {
  const { engine, url, format, model, prompt, temperature, actions, history, timeoutMs, fallback } = bot;
  const webhook = engine === 'webhook';
  return {
    id: user.uuid,
    name: user.name ?? '',
    engine,
    url,
    ...(webhook ? { format } : {}),
    enabled: user.disabledAt === null,
    ...(webhook || model === null ? {} : { model }),
    ...(webhook || prompt === null ? {} : { prompt }),
    ...(webhook || temperature === null ? {} : { temperature }),
    ...(webhook ? {} : { actions }),
    history,
    timeoutMs,
    fallback: fallback === null ? { handover: true } : { text: fallback },
    hasKey: (webhook ? bot.secret : bot.key) !== null,
  };
}
