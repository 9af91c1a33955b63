/**
 * HEAD is answered by the route of GET: a route of its own for each took a fifteenth of a start. The router is shown GET; all
 * else, hooks, log and figures, sees what was asked.
 */
import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { type FastifyReply, type FastifyRequest, LogController } from 'fastify';
import fp from 'fastify-plugin';
import { Refusal } from '../protocol/refusal.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** A HEAD of it is not found: only giving the whole answer would tell how that begins. */
    noHead?: true;
  }
}

const heads = new WeakSet<IncomingMessage>();

/** The first that hears of a request once it has its route, found or not. */
class AsAsked extends LogController {
  override incomingRequest(request: FastifyRequest, reply: FastifyReply): void {
    if (heads.has(request.raw)) request.raw.method = 'HEAD';
    super.incomingRequest(request, reply);
  }
}

/** For the server's options. */
export const headByGet = () => ({
  exposeHeadRoutes: false,
  rewriteUrl: (request: IncomingMessage): string => {
    if (request.method === 'HEAD') {
      heads.add(request);
      request.method = 'GET';
    }
    return request.url ?? '/';
  },
  logController: new AsAsked(),
});

/** Ends what a route answers to HEAD before its first byte. */
export const head = fp(async (app) => {
  app.addHook('onRequest', async ({ method, routeOptions }) => {
    if (method === 'HEAD' && routeOptions.config.noHead) throw new Refusal('NOT_FOUND');
  });
  app.addHook('onSend', (request, reply, payload, done) => {
    if (request.method !== 'HEAD') return done(null, payload);
    if (payload instanceof Readable) payload.on('error', () => {}).destroy();
    else if (reply.statusCode !== 204 && reply.statusCode !== 304) {
      reply.header('content-length', String(Buffer.byteLength((payload ?? '') as string | Uint8Array)));
    }
    done(null, null);
  });
});
