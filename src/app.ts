/**
 * The whole server as one value: opens the data folder, makes hub and chat, registers the doors in order, and closes
 * everything in reverse. It neither listens nor reads the process: `cli/serve` does, and tests do it themselves.
 */
import { randomUUIDv7 } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Socket } from 'node:net';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import Fastify, { type FastifyBaseLogger, type FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import { createChat } from './chat/chat.ts';
import { readHostKeys } from './chat/people/host-keys.ts';
import { ownTokenKey } from './chat/people/people.ts';
import { ownerOfFiles } from './chat/people/secret.ts';
import type { Config } from './config.ts';
import { openStore } from './db/open-store.ts';
import { StartError } from './db/start-error.ts';
import type { Store } from './db/store.ts';
import type { ThreadSource } from './db/thread.ts';
import { openPlace } from './files/open-place.ts';
import { type Place, PlaceError } from './files/place.ts';
import { FileStore } from './files/store.ts';
import { proxyHint } from './http/address.ts';
import { api } from './http/api.ts';
import { clientErrors } from './http/client-errors.ts';
import { cors } from './http/cors.ts';
import { answerFrameworkError, errors } from './http/errors.ts';
import { Figures, routeTimes } from './http/figures.ts';
import { head, headByGet } from './http/head.ts';
import { health } from './http/health.ts';
import { jsonBody } from './http/json-body.ts';
import { jwt, jwtOf } from './http/jwt.ts';
import { Metrics, metricsPage } from './http/metrics.ts';
import { openapi } from './http/openapi.ts';
import { operatorDoor } from './http/operator.ts';
import { noPages, type Pages } from './http/page-files.ts';
import { pages } from './http/pages.ts';
import { rateLimit } from './http/rate-limit.ts';
import { schemaController, schemas } from './http/schemas.ts';
import { securityHeaders } from './http/security-headers.ts';
import { stopping } from './http/stopping.ts';
import { unsubscribe } from './http/unsubscribe.ts';
import { Hub } from './hub/hub.ts';
import { createBotRunner } from './outbound/bots/bots.ts';
import { createGuardedFetch } from './outbound/guarded-fetch.ts';
import { createOpenidProvider } from './outbound/openid.ts';
import { startOutbound } from './outbound/outbound.ts';
import { MAX_BODY_BYTES } from './protocol/limits.ts';
import type { ServerState } from './protocol/server-state.ts';
import { realtimeDoors } from './ws/plugin.ts';
import { asksForWebSocket } from './ws/upgrades.ts';

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
  /** Told once, when the database is not the one any more that it began with: whoever runs it begins anew. */
  onOther?: (reason: Error) => void;
  /** Gives a file of the API page, where they do not lie there either. */
  readApiPage?: (name: string) => Uint8Array;
}

/** Asked only in a checkout: the one executable has no files beside it. */
const readerThread = (): ThreadSource => ({ file: new URL('./chat/reader-thread.ts', import.meta.url) });
const readApiPage = (name: string): Uint8Array =>
  readFileSync(createRequire(import.meta.url).resolve(`@fastify/swagger-ui/static/${name}`));

/** Nobody may take longer to say what they want (ms): silent, half and dripping requests end. */
const REQUEST_TIMEOUT_MS = 10_000;
const HEADERS_TIMEOUT_MS = 5_000;
const CHECK_CONNECTIONS_MS = 1_000;

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
  const store = await openStore(config, {
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
    onOther: options.onOther ?? onError,
    log: (text, details) => app.log.warn(details ?? {}, text),
  });
  let files: FileStore | undefined;
  try {
    const secret = await store.secret();
    files = await openFiles(config, store, secret, onError);
    await app.register(errors);
    await app.register(routeTimes, { figures });
    await app.register(schemas);
    await app.register(jsonBody);
    await app.register(securityHeaders, { publicUrl: config.publicUrl });
    await app.register(cors, { origins: config.origins, publicUrl: config.publicUrl });
    await app.register(rateLimit, { countsOf: (route) => store.passing(`requests ${route}`), now });
    await app.register(head);
    await app.register(proxyHint, { seen: () => figures.proxySeen() });
    await app.register(jwt, { ownKey: ownTokenKey(secret), hostKeys });
    await app.register(openapi, { version, readApiPage: options.readApiPage ?? readApiPage });

    const hub = new Hub(onError);
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
      duties: store.duties,
      fetch,
      now,
      random: Math.random,
      onFault: (bot, fault) => app.log.warn({ bot, fault }, 'a bot failed'),
      onError,
    });
    chat.turns.onTurn(({ state }, elsewhere) => !elsewhere && OUTCOMES.has(state) && metrics.botTurn(state));
    metrics.watch({
      state: chat.serverState.known,
      eventLoop: () => figures.eventLoop,
      counts: () => ({ messages: chat.messagesMade(), delivered: hub.delivered, slow: hub.slow }),
      backups,
      usage: options.usage ?? (() => ({ residentBytes: 0, heapBytes: 0, cpuSeconds: 0 })),
    });
    chat.turns.reachedAt(() => config.publicUrl ?? app.listeningOrigin);
    // Whoever comes behind it in the list is not to wait until it has looked: the server listens by now.
    app.addHook('onListen', () => void botRunner.start().catch(onError));
    let draining = false;
    app.addHook('preClose', async () => {
      draining = true;
      chat.replies.stop();
    });
    await app.register(health, {
      trouble: () => (draining ? 'the server is stopping' : chat.trouble()),
      lesser: chat.filesTrouble,
    });
    await app.register(stopping, { isStopping: () => draining });
    await app.register(metricsPage, { metrics, token: config.metricsToken });
    await app.register(pages, { pages: options.pages ?? noPages });
    await app.register(unsubscribe, { chat });
    await app.register(operatorDoor, { operator: chat.operator, folder: config.data });
    await app.register(realtimeDoors, { chat, hub, config, now, random: Math.random });
    await app.register(api, { chat, config, figures, backups, uploading });

    const upkeep = await chat.startUpkeep();
    await chat.settings.begin();
    await chat.notices.begin();
    const outbound = await startOutbound({
      chat,
      duties: store.duties,
      config,
      fetch,
      now,
      random: Math.random,
      onDelivery: (ok) => metrics.delivery(ok),
      onError,
    });
    app.addHook('onClose', async () => {
      chat.live.stop();
      await Promise.all([upkeep.stop(), chat.snoozes.stop()]);
      await outbound.stop();
      await chat.retention.stop();
      await chat.jobs.stop();
      await botRunner.stop();
      await fetch.close();
      await files?.close();
      await store.close();
    });
    chat.snoozes.begin();
    const link = await chat.firstAdmin();
    app.decorate('firstAdminLink', link === null ? null : `/#link=${link}`);
    await app.ready();
    chat.jobs.begin();
    chat.retention.start();
    return app;
  } catch (error) {
    figures.stop();
    await files?.close();
    await store.close();
    throw error;
  }
}

/** Throws a `StartError` where the settings do not fit the place; where it is only away, it may come back. */
async function openFiles(
  config: Config,
  store: Pick<Store, 'exclusively'>,
  secret: Buffer,
  onError: (error: unknown) => void,
): Promise<FileStore> {
  let place: Place | undefined;
  try {
    place = await openPlace(config);
    place.make();
    const exclusively: Store['exclusively'] = (name, work) => store.exclusively(name, work);
    const files = new FileStore({ place, exclusively, owner: ownerOfFiles(secret), onError });
    await files.begin();
    return files;
  } catch (error) {
    await place?.close();
    throw error instanceof PlaceError ? new StartError(error.message, { cause: error }) : error;
  }
}

function newServer(config: Config, log: Logger | false, uploading: WeakSet<Socket>) {
  const options = {
    ...headByGet(),
    bodyLimit: MAX_BODY_BYTES,
    schemaController,
    requestTimeout: REQUEST_TIMEOUT_MS,
    http: {
      headersTimeout: HEADERS_TIMEOUT_MS,
      connectionsCheckingInterval: CHECK_CONNECTIONS_MS,
      shouldUpgradeCallback: asksForWebSocket,
    },
    trustProxy: config.trustProxy.length === 0 ? false : config.trustProxy,
    frameworkErrors: answerFrameworkError,
    clientErrorHandler: clientErrors(uploading),
    forceCloseConnections: 'idle' as const,
    // How long the end may take is a setting (`PARLEY_SHUTDOWN_MS`), of which Fastify knows nothing.
    pluginTimeout: 0,
    // Whoever comes while it stops is told so in the server's own words, by a hook.
    return503OnClosing: false,
  };
  const server =
    log === false
      ? Fastify({ ...options, logger: false })
      : Fastify({ ...options, loggerInstance: log as FastifyBaseLogger });
  return server.withTypeProvider<TypeBoxTypeProvider>() as unknown as FastifyInstance;
}
