/**
 * The end of the process, for those who come by HTTP: who comes now is told to come back, what was taken in is answered, and
 * no connection outlives its answer. Node closes those that are idle at that moment, and then waits for all others for good:
 * it looks neither for those that become idle later nor for requests that do not get on any more.
 */
import { type IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import fp from 'fastify-plugin';
import { Refusal } from '../protocol/refusal.ts';

/** When whoever comes while the server stops should come back. */
const RETRY_MS = 1_000;
/** How often connections are cut on which no answer is owed: who has not said by then what they want would be refused. */
const CUT_EVERY_MS = 2_000;
/** What is answered to the end: whatever watches the server is told that it stops. */
const TO_THE_END: ReadonlySet<string> = new Set(['/healthz', '/readyz']);

export interface StoppingOptions {
  /** Whether it has begun. */
  isStopping: () => boolean;
}

/** Registered before whatever else a request may come to. */
export const stopping = fp<StoppingOptions>(async (app, { isStopping }) => {
  const connections = new Set<Socket>();
  const forget = function (this: Socket): void {
    connections.delete(this);
  };
  app.server.on('connection', (socket) => {
    connections.add(socket);
    socket.once('close', forget);
  });
  // A line has a farewell of its own.
  app.server.prependListener('upgrade', (_request: IncomingMessage, socket: Socket) => {
    connections.delete(socket);
    socket.off('close', forget);
  });

  app.addHook('onRequest', async ({ routeOptions }) => {
    if (isStopping() && !TO_THE_END.has(routeOptions.url ?? ''))
      throw new Refusal('OVERLOADED', { message: 'The server is stopping.', retryMs: RETRY_MS });
  });
  app.addHook('onSend', (_request, reply, payload, done) => {
    if (isStopping()) reply.header('connection', 'close');
    done(null, payload);
  });
  let cutting: NodeJS.Timeout | undefined;
  app.addHook('preClose', async () => {
    cutting = setInterval(() => {
      for (const socket of connections) if (!isOwed(socket)) socket.destroy();
    }, CUT_EVERY_MS);
  });
  app.addHook('onClose', async () => clearInterval(cutting));
});

/** Whether a request was read to its end, and its answer not yet written to its end: it is Node who knows. */
function isOwed(socket: Socket): boolean {
  const response = '_httpMessage' in socket ? socket._httpMessage : null;
  return response instanceof ServerResponse && response.req.complete;
}
