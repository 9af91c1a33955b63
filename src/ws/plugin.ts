/** The realtime doors: the WebSocket `GET /v1/ws`, and `GET /v1/events` beside it. */
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import websocket from '@fastify/websocket';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import fp from 'fastify-plugin';
import type { Config } from '../config.ts';
import type { Hub } from '../hub/hub.ts';
import { SUBPROTOCOL } from '../protocol/limits.ts';
import { Refusal } from '../protocol/refusal.ts';
import { Admission } from './admission.ts';
import { bearerOf, takePlace } from './admit.ts';
import type { Talk } from './commands.ts';
import { Connection } from './connection.ts';
import { registerEvents } from './events.ts';
import { type Endable, sayGoodbye } from './farewell.ts';
import { letGoOfRequest } from './let-go.ts';
import { Pulse } from './pulse.ts';
import { paceFor } from './throttle.ts';
import { Upgrades } from './upgrades.ts';

export interface RealtimeOptions {
  chat: Talk;
  hub: Hub;
  config: Config;
  /** Wall clock, ms: tokens end by it. */
  now: () => number;
  /** A number from 0 to 1: spreads the comings back after a restart. */
  random: () => number;
}

const PATH = '/v1/ws';
/** ws destroys a socket whose other end does not answer a close in that time. */
const CLOSE_WITHIN_MS = 5_000;

async function realtime(app: FastifyInstance, { chat, hub, config, now, random }: RealtimeOptions): Promise<void> {
  const pulse = new Pulse(config.heartbeatMs, now);
  const admission = new Admission(config);
  const lines = new Set<Endable>();
  const connections = {
    chat,
    hub,
    pulse,
    pace: paceFor(config),
    bufferBytes: config.socketBufferBytes,
    helloTimeoutMs: config.helloTimeoutMs,
    onGone: (connection: Connection) => lines.delete(connection),
    onError: (error: unknown) => app.log.error({ err: error }, 'a command failed'),
  };

  // By hand, because its type lacks `closeTimeout`.
  const options = {
    maxPayload: config.maxFrame,
    // Measured: compression cuts the frames a second to a tenth, and a small frame may unfold into a large one.
    perMessageDeflate: false,
    clientTracking: true,
    handleProtocols: (offered: Set<string>) => (offered.has(SUBPROTOCOL) ? SUBPROTOCOL : (false as const)),
    closeTimeout: CLOSE_WITHIN_MS,
  };
  await app.register(websocket, { options, preClose: () => sayGoodbye(lines, random) });
  app.addHook('onClose', async () => pulse.stop());

  // A refused upgrade leaves a bare TCP socket that none of Node's timeouts know: it goes with its answer, and one that
  // got no answer of a route, or no WebSocket of its handshake, a little later.
  const upgrades = new Upgrades();
  app.server.prependListener('upgrade', (request: IncomingMessage, socket: Socket) => upgrades.begin(request, socket));
  app.addHook('onResponse', async ({ raw }) => upgrades.refused(raw));

  // Any other route would be upgraded too, past all caps, only to be closed again.
  app.addHook('onRequest', async (request) => {
    if (request.ws && request.routeOptions.url !== PATH) throw new Refusal('NOT_FOUND');
  });

  const admitUpgrade = async (request: FastifyRequest) => {
    if (!request.ws) throw new Refusal('NOT_FOUND', { message: 'This is a WebSocket: it wants to be upgraded to.' });
    upgrades.place(request.raw, takePlace(request, admission));
  };

  app.get(PATH, { websocket: true, onRequest: admitUpgrade, config: { noHead: true } }, (socket, request) => {
    const place = upgrades.opened(request.raw);
    if (place === null) return socket.terminate();
    const raw = request.raw.socket;
    letGoOfRequest(socket, raw);
    const userAgent = request.headers['user-agent'] ?? null;
    const from = { ip: request.ip, userAgent, bearer: bearerOf(request) };
    lines.add(new Connection(socket, raw, place, from, connections));
  });

  registerEvents(app, {
    live: chat.live,
    admission,
    pulse,
    lines,
    bufferBytes: config.socketBufferBytes,
  });
}

/** At the root, not in a scope of its own: its hooks have to see every upgrade, whatever it asks for. */
export const realtimeDoors = fp(realtime, { name: 'realtime' });
