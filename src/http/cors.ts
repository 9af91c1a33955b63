/** Which pages may call from a browser: the server's own and those of the settings, by their exact origin. */
import fastifyCors from '@fastify/cors';
import type { FastifyRequest } from 'fastify';
import fp from 'fastify-plugin';
import { Refusal } from '../protocol/refusal.ts';

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

  app.addHook('onRequest', async (request) => {
    const { origin } = request.headers;
    if (origin === undefined || allows(origin, request)) return;
    throw new Refusal('FORBIDDEN', { message: 'This page may not call here: its origin is not in PARLEY_ORIGINS.' });
  });

  // No credentials: tokens come in a header that a page must know to set. Who gets here was let in above.
  await app.register(fastifyCors, {
    delegator: (request, done) => {
      const origin = request.headers.origin ?? false;
      done(null, {
        origin,
        methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
        allowedHeaders: ['authorization', 'content-type', 'last-event-id'],
        exposedHeaders: ['retry-after'],
        maxAge: PREFLIGHT_LIFE_S,
      });
    },
  });
});
