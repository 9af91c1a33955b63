/**
 * The whole server as one value: opens the data folder, makes hub and chat, registers the doors in order, and closes
 * everything in reverse. It neither listens nor reads the process: `cli/serve` does, and tests do it themselves.
 */
import { randomUUIDv7 } from 'node:crypto';
import type { Socket } from 'node:net';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import Fastify, { type FastifyBaseLogger, type FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import { createChat } from './chat/chat.ts';
import { readHostKeys } from './chat/people/host-keys.ts';
import { ownTokenKey } from './chat/people/people.ts';
import { readOrMakeSecret } from './chat/people/secret.ts';
import type { Config } from './config.ts';
import { Store } from './db/open.ts';
import type { ThreadSource } from './db/thread.ts';
import { FileStore } from './files/store.ts';
import { proxyHint } from './http/address.ts';
import { apiKeys } from './http/api-keys.ts';
import { attachments } from './http/attachments.ts';
import { audit } from './http/audit.ts';
import { auth } from './http/auth.ts';
import { authentication } from './http/authentication.ts';
import { avatars } from './http/avatars.ts';
import { botReplies } from './http/bot-replies.ts';
import { bots } from './http/bots.ts';
import { cannedReplies } from './http/canned-replies.ts';
import { changes } from './http/changes.ts';
import { clientErrors } from './http/client-errors.ts';
import { conversations } from './http/conversations.ts';
import { cors } from './http/cors.ts';
import { answerFrameworkError, errors } from './http/errors.ts';
import { userExport } from './http/export.ts';
import { Figures, routeTimes } from './http/figures.ts';
import { filing } from './http/filing.ts';
import { health } from './http/health.ts';
import { jobs } from './http/jobs.ts';
import { jsonBody } from './http/json-body.ts';
import { jwt, jwtOf } from './http/jwt.ts';
import { me } from './http/me.ts';
import { messages } from './http/messages.ts';
import { Metrics, metricsPage } from './http/metrics.ts';
import { openapi } from './http/openapi.ts';
import { openid } from './http/openid.ts';
import { operatorDoor } from './http/operator.ts';
import { noPages, type Pages } from './http/page-files.ts';
import { pages } from './http/pages.ts';
import { participants } from './http/participants.ts';
import { passkeys } from './http/passkeys.ts';
import { presence } from './http/presence.ts';
import { rateLimit } from './http/rate-limit.ts';
import { reports } from './http/reports.ts';
import { schemaController, schemas } from './http/schemas.ts';
import { search } from './http/search.ts';
import { securityHeaders } from './http/security-headers.ts';
import { server } from './http/server.ts';
import { settings } from './http/settings.ts';
import { stats } from './http/stats.ts';
import { support } from './http/support.ts';
import { tokens } from './http/tokens.ts';
import { totp } from './http/totp.ts';
import { transcript } from './http/transcript.ts';
import { unread } from './http/unread.ts';
import { unsubscribe } from './http/unsubscribe.ts';
import { users } from './http/users.ts';
import { visitors } from './http/visitors.ts';
import { webhooks } from './http/webhooks.ts';
import { widgetConfig } from './http/widget-config.ts';
import { Hub } from './hub/hub.ts';
import { createBotRunner } from './outbound/bots/bots.ts';
import { createGuardedFetch } from './outbound/guarded-fetch.ts';
import { createOpenidProvider } from './outbound/openid.ts';
import { startOutbound } from './outbound/outbound.ts';
import { MAX_BODY_BYTES } from './protocol/limits.ts';
import { Refusal } from './protocol/refusal.ts';
import type { ServerState } from './protocol/server-state.ts';
import { realtimeDoors } from './ws/plugin.ts';

declare module 'fastify' {
  interface FastifyInstance {
    /** On the first start: the path with the secret that makes the first admin, told this once. */
    firstAdminLink: string | null;
  }
}

export interface AppOptions {
  log?: Logger | false;
  /** Wall clock, ms. */
  now?: () => number;
  /** Of this process: told to whoever tries to use the data folder too. */
  pid?: number;
  version?: string;
  /** The widget, the demo and the console as they were built; none: they are not found. */
  pages?: Pages;
  /** What a reader thread runs, where the program is one file without its sources beside it. */
  readerThread?: ThreadSource;
  /** The driver's addon, where it does not lie in node_modules. */
  nativeBinding?: string;
  /** Of this process, for the metrics. */
  usage?: () => { residentBytes: number; heapBytes: number; cpuSeconds: number };
  /** How the backups are that the process makes by itself; none: it makes none. */
  backups?: () => ServerState['backups'];
  /** The folder of the API page's files, where they do not lie there either. */
  apiPage?: string;
}

/** Asked only in a checkout: the one executable has no files beside it. */
const readerThread = (): ThreadSource => ({ file: new URL('./chat/reader-thread.ts', import.meta.url) });

/** Nobody may take longer to say what they want (ms): silent, half and dripping requests end. */
const REQUEST_TIMEOUT_MS = 10_000;
const HEADERS_TIMEOUT_MS = 5_000;
const CHECK_CONNECTIONS_MS = 1_000;
/** When whoever comes while the server stops should come back. */
const STOPPING_RETRY_MS = 1_000;

/** What is answered while it stops: whatever watches it is told that it does. */
const TO_THE_END: ReadonlySet<string> = new Set(['/healthz', '/readyz']);

/** What a bot's turn can come to. */
const OUTCOMES: ReadonlySet<string> = new Set(['answered', 'failed', 'handed_over']);

/** Throws a `StartError` or a `ConfigError`, and has changed nothing then. */
export async function buildApp(config: Config, options: AppOptions = {}): Promise<FastifyInstance> {
  const { now = Date.now, version = 'development', backups = () => null } = options;
  const hostKeys = readHostKeys(config);
  const uploading = new WeakSet<Socket>();
  const app = newServer(config, options.log ?? false, uploading);
  const onError = (error: unknown) => app.log.error({ err: error }, 'something failed that nobody asked for');
  const metrics = new Metrics();
  const figures = new Figures(metrics);
  const store = new Store({
    folder: config.data,
    ...(options.nativeBinding === undefined ? {} : { nativeBinding: options.nativeBinding }),
    pid: options.pid ?? 0,
    newEpoch: randomUUIDv7,
    now,
    maxWaiting: config.writerQueue,
    batchSize: config.batchSize,
    maxWaitingReadings: config.readerQueue,
    onBatch: (changes, ms) => figures.batch(changes, ms),
    onError,
    log: (text, details) => app.log.warn(details ?? {}, text),
  });
  try {
    const secret = readOrMakeSecret(config.data);
    await app.register(errors);
    await app.register(routeTimes, { figures });
    await app.register(schemas);
    await app.register(jsonBody);
    await app.register(securityHeaders, { publicUrl: config.publicUrl });
    await app.register(cors, { origins: config.origins, publicUrl: config.publicUrl });
    await app.register(rateLimit);
    await app.register(proxyHint, { seen: () => figures.proxySeen() });
    await app.register(jwt, { ownKey: ownTokenKey(secret), hostKeys });
    await app.register(openapi, { version, ...(options.apiPage === undefined ? {} : { baseDir: options.apiPage }) });

    const hub = new Hub(onError);
    const files = new FileStore({ folder: config.data, onError });
    const chat = createChat({
      store,
      files,
      hub,
      config,
      secret,
      jwt: jwtOf(app),
      hostKeys,
      openidProvider: createOpenidProvider(config),
      now,
      version,
      onError,
      readerThread: options.readerThread ?? readerThread(),
    });
    const fetch = createGuardedFetch(config.outboundAllow);
    const botRunner = createBotRunner({
      turns: chat.turns,
      fetch,
      now,
      random: Math.random,
      onFault: (bot, fault) => app.log.warn({ bot, fault }, 'a bot failed'),
      onError,
    });
    chat.turns.onTurn(({ state }) => OUTCOMES.has(state) && metrics.botTurn(state));
    metrics.watch({
      state: chat.serverState.known,
      eventLoop: () => figures.eventLoop,
      counts: () => ({ messages: chat.messagesMade(), delivered: hub.delivered, slow: hub.slow }),
      backups,
      usage: options.usage ?? (() => ({ residentBytes: 0, heapBytes: 0, cpuSeconds: 0 })),
    });
    chat.turns.reachedAt(() => config.publicUrl ?? app.listeningOrigin);
    app.addHook('onListen', () => botRunner.start());
    let draining = false;
    app.addHook('preClose', async () => {
      draining = true;
      chat.replies.stop();
    });
    await app.register(health, { trouble: () => (draining ? 'the server is stopping' : chat.trouble()) });
    app.addHook('onRequest', async ({ routeOptions }) => {
      if (draining && !TO_THE_END.has(routeOptions.url ?? ''))
        throw new Refusal('OVERLOADED', { message: 'The server is stopping.', retryMs: STOPPING_RETRY_MS });
    });
    await app.register(metricsPage, { metrics, token: config.metricsToken });
    await app.register(pages, { pages: options.pages ?? noPages });
    await app.register(unsubscribe, { chat });
    await app.register(operatorDoor, { operator: chat.operator, folder: config.data });
    await app.register(realtimeDoors, { chat, hub, config, now, random: Math.random });
    await app.register(async (api) => {
      await api.register(authentication, { identity: chat.identity, joinRooms: chat.joinRooms });
      await api.register(visitors, { chat, visitorsPerMinute: config.visitorsPerMinute });
      const signingIn = { chat, loginsPerMinute: config.loginsPerMinute, publicUrl: config.publicUrl };
      await api.register(auth, signingIn);
      await api.register(openid, signingIn);
      await api.register(passkeys, signingIn);
      await api.register(widgetConfig, { chat });
      await api.register(me, { chat, loginsPerMinute: config.loginsPerMinute });
      await api.register(totp, { chat, loginsPerMinute: config.loginsPerMinute });
      await api.register(tokens, { chat });
      await api.register(users, { chat });
      await api.register(userExport, { chat });
      await api.register(jobs, { chat });
      await api.register(apiKeys, { chat });
      await api.register(settings, { chat });
      await api.register(cannedReplies, { chat });
      await api.register(audit, { chat });
      await api.register(server, { chat, figures, backups });
      await api.register(bots, { chat });
      await api.register(botReplies, { chat });
      await api.register(webhooks, { chat });
      await api.register(conversations, { chat });
      await api.register(support, { chat });
      await api.register(messages, { chat });
      await api.register(participants, { chat });
      await api.register(attachments, { chat, config, uploading });
      await api.register(avatars, { chat, uploading });
      await api.register(changes, { chat });
      await api.register(unread, { chat });
      await api.register(search, { chat });
      await api.register(stats, { chat });
      await api.register(filing, { chat });
      await api.register(transcript, { chat });
      await api.register(reports, { chat });
      await api.register(presence, { chat });
    });

    const upkeep = await chat.startUpkeep();
    await chat.notices.begin();
    const outbound = startOutbound({
      chat,
      config,
      fetch,
      now,
      random: Math.random,
      onDelivery: (ok) => metrics.delivery(ok),
      onError,
    });
    app.addHook('onClose', async () => {
      upkeep.stop();
      chat.snoozes.stop();
      chat.live.stop();
      await outbound.stop();
      await chat.retention.stop();
      await chat.jobs.stop();
      await botRunner.stop();
      await fetch.close();
      await store.close();
    });
    await chat.snoozes.begin();
    const link = await chat.firstAdmin();
    app.decorate('firstAdminLink', link === null ? null : `/#link=${link}`);
    await app.ready();
    chat.jobs.wake();
    chat.retention.start();
    return app;
  } catch (error) {
    figures.stop();
    await store.close();
    throw error;
  }
}

function newServer(config: Config, log: Logger | false, uploading: WeakSet<Socket>) {
  const options = {
    bodyLimit: MAX_BODY_BYTES,
    schemaController,
    requestTimeout: REQUEST_TIMEOUT_MS,
    http: { headersTimeout: HEADERS_TIMEOUT_MS, connectionsCheckingInterval: CHECK_CONNECTIONS_MS },
    trustProxy: config.trustProxy.length === 0 ? false : config.trustProxy,
    frameworkErrors: answerFrameworkError,
    clientErrorHandler: clientErrors(uploading),
    forceCloseConnections: 'idle' as const,
    // Whoever comes while it stops is told so in the server's own words, by a hook.
    return503OnClosing: false,
  };
  const server =
    log === false
      ? Fastify({ ...options, logger: false })
      : Fastify({ ...options, loggerInstance: log as FastifyBaseLogger });
  return server.withTypeProvider<TypeBoxTypeProvider>() as unknown as FastifyInstance;
}
