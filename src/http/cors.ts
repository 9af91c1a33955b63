/** Which pages may call from a browser: the server's own and those of the settings, by their exact origin. */
import fastifyCors from '@fastify/cors';
import type { FastifyRequest } from 'fastify';
import fp from 'fastify-plugin';
import { Refusal } from '../protocol/refusal.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Any page may load it, whatever its origin: it is the same for everybody and says nothing of anybody. */
    anyOrigin?: true;
    /** A page that may not call here may read that it may not, so that its developer finds the missing setting. */
    tellsOrigin?: true;
  }
}

export interface CorsOptions {
  /** As browsers write them. */
  origins: readonly string[];
  /** The server's own origin, where the operator has said it. */
  publicUrl: string | undefined;
}

const PREFLIGHT_LIFE_S = 600;

export const cors = fp<CorsOptions>(async (app, { origins, publicUrl }) => {
  const allows = (origin: string, { protocol, host }: FastifyRequest) =>
    origins.includes(origin) || origin === (publicUrl ?? `${protocol}://${host}`);

  app.addHook('onRequest', async (request, reply) => {
    const { origin } = request.headers;
    if (origin === undefined || request.routeOptions.config.anyOrigin || allows(origin, request)) return;
    if (request.routeOptions.config.tellsOrigin) reply.header('access-control-allow-origin', '*');
    throw new Refusal('FORBIDDEN', { message: 'This page may not call here: its origin is not in PARLEY_ORIGINS.' });
  });

  // No credentials: tokens come in a header that a page must know to set. Who gets here was let in above.
  await app.register(fastifyCors, {
    delegator: (request, done) => {
      const { anyOrigin } = (request as FastifyRequest).routeOptions.config;
      done(null, {
        origin: anyOrigin ? '*' : (request.headers.origin ?? false),
        methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
        allowedHeaders: ['authorization', 'content-type', 'last-event-id'],
        exposedHeaders: ['retry-after'],
        maxAge: PREFLIGHT_LIFE_S,
      });
    },
  });
});
