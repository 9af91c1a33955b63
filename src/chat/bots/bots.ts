/** Bots, set up by admins. */
import { desc, eq, lt, sql } from 'drizzle-orm';
import { lazily } from '../../db/lazily.ts';
import type { Questions } from '../../db/questions.ts';
import type { BotRow, UserRow } from '../../db/rows.ts';
import { bots } from '../../db/schema/bots.ts';
import { users } from '../../db/schema/people.ts';
import type { Writer } from '../../db/writer.ts';
import type { Bot } from '../../protocol/bot.ts';
import { normaliseContent } from '../../protocol/content.ts';
import type { BotBody, BotPatch, BotsQuery } from '../../protocol/http-bots.ts';
import { normaliseId } from '../../protocol/id.ts';
import { BOT_HISTORY, BOT_TIMEOUT_MS, DEFAULT_PAGE } from '../../protocol/limits.ts';
import { misshapen, Refusal } from '../../protocol/refusal.ts';
import { byOf, type Caller } from '../caller.ts';
import type { Change } from '../change.ts';
import { pageOf, readIdCursor } from '../people/id-cursor.ts';
import type { Publication } from '../publication.ts';
import type { Seal } from '../seal.ts';
import type { BotTraits } from './bot-change.ts';
import { botView } from './bot-view.ts';

const param = sql.placeholder;

export function prepareBots(db: Questions) {
  const bot = () => db.select({ bot: bots, user: users }).from(bots).innerJoin(users, eq(users.id, bots.id));
  return lazily({
    byKey: () =>
      bot()
        .where(eq(bots.id, param('id')))
        .prepare(),
    byUuid: () =>
      bot()
        .where(eq(users.uuid, param('uuid')))
        .prepare(),
    before: () =>
      bot()
        .where(lt(bots.id, param('before')))
        .orderBy(desc(bots.id))
        .limit(param('limit'))
        .prepare(),
  });
}

/** What a secret is sealed for. */
export const SEALED_FOR = { key: 'bot key', secret: 'bot secret' } as const;

export function createBots(db: Questions, writer: Writer<Change, Publication>, seal: Seal) {
  const statement = prepareBots(db);

  /** For all but admins there is no bot. */
  async function botFor(caller: Caller, botId: string): Promise<{ bot: BotRow; user: UserRow }> {
    const found = await statement.byUuid.get({ uuid: normaliseId(botId) });
    if (!isAdmin(caller) || found === undefined) throw new Refusal('NOT_FOUND');
    return found;
  }

  const sealed = (kind: 'key' | 'secret', text: string | null) =>
    text === null ? null : seal.close(text, SEALED_FOR[kind]);

  /** What was said, as rows keep it. */
  function traitsOf(said: BotPatch): Partial<BotTraits> {
    const { fallback, key, secret, ...rest } = said;
    return {
      ...rest,
      ...(fallback === undefined ? {} : { fallback: 'text' in fallback ? normaliseContent(fallback.text) : null }),
      ...(key === undefined ? {} : { key: sealed('key', key) }),
      ...(secret === undefined ? {} : { secret: sealed('secret', secret) }),
    };
  }

  return {
    /** Newest first. */
    async list(caller: Caller, { limit = DEFAULT_PAGE, cursor }: BotsQuery) {
      if (!isAdmin(caller)) throw new Refusal('FORBIDDEN');
      const rows = await statement.before.all({ before: readIdCursor(cursor), limit: limit + 1 });
      return pageOf(
        rows,
        limit,
        ({ bot }) => bot.id,
        ({ bot, user }) => botView(bot, user),
      );
    },

    async get(caller: Caller, botId: string): Promise<Bot> {
      const { bot, user } = await botFor(caller, botId);
      return botView(bot, user);
    },

    async create(caller: Caller, body: BotBody): Promise<Bot> {
      if (!isAdmin(caller)) throw new Refusal('FORBIDDEN');
      const { name, engine, url } = body;
      const traits: BotTraits = { ...BEGINNING, name, engine, url, ...traitsOf(body) };
      return writer.submit<Bot>({ type: 'bot.create', by: byOf(caller), traits });
    },

    async patch(caller: Caller, botId: string, body: BotPatch): Promise<Bot> {
      const { bot } = await botFor(caller, botId);
      const { engine = bot.engine, model = bot.model } = body;
      if (engine === 'openai' && model === null) throw misshapen('model', 'is required for the engine openai');
      return writer.submit<Bot>({ type: 'bot.patch', by: byOf(caller), bot: bot.id, traits: traitsOf(body) });
    },

    /** Its messages stay, and its user with them, disabled; its key and its secret go. */
    async delete(caller: Caller, botId: string): Promise<void> {
      const { bot } = await botFor(caller, botId);
      await writer.submit<null>({ type: 'bot.delete', by: byOf(caller), bot: bot.id });
    },
  };
}

const BEGINNING = {
  enabled: true,
  format: 'parley' as const,
  model: null,
  prompt: null,
  temperature: null,
  actions: false,
  history: BOT_HISTORY,
  timeoutMs: BOT_TIMEOUT_MS,
  fallback: null,
  key: null,
  secret: null,
};

function isAdmin(caller: Caller): boolean {
  return caller.kind === 'user' && caller.role === 'admin';
}
