/**
 * Every route of the running server, as Fastify itself was told of it: nothing is hidden from this list. Each of GET answers
 * HEAD too (http/head.ts).
 */
import diagnostics from 'node:diagnostics_channel';
import type { FastifyInstance, RouteOptions } from 'fastify';

/** `GET /v1/conversations/:id`, and what the server was told of it. */
export interface Route {
  name: string;
  method: string;
  url: string;
  options: RouteOptions;
}

/** Runs `start`, which makes one server, and gives every route that was registered with it. */
export async function withRoutes<T>(start: () => Promise<T>): Promise<{ made: T; routes: Route[] }> {
  const routes: Route[] = [];
  const listen = (message: unknown) => {
    const { fastify } = message as { fastify: FastifyInstance };
    fastify.addHook('onRoute', (options) => {
      const methods = new Set([options.method].flat());
      if (methods.has('GET') && !options.config?.noHead) methods.add('HEAD');
      for (const method of methods)
        routes.push({ name: `${method} ${options.url}`, method, url: options.url, options });
    });
  };
  diagnostics.subscribe('fastify.initialization', listen);
  try {
    return { made: await start(), routes };
  } finally {
    diagnostics.unsubscribe('fastify.initialization', listen);
  }
}
