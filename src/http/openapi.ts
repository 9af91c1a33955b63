/** The API's document at /openapi.json, made from the routes' own schemas, and a page to read it at /docs. */
import type { RouteOptions } from 'fastify';
import fp from 'fastify-plugin';
import { type ApiPageOptions, apiPage } from './api-page.ts';
import type { OpenapiDocument } from './openapi-document.ts';

export interface OpenapiOptions {
  version: string;
  readApiPage: ApiPageOptions['read'];
}

const hidden = { schema: { hide: true } } as const;

/** Before the routes that it is to tell of. */
export const openapi = fp<OpenapiOptions>(async (app, { version, readApiPage }) => {
  const routes: RouteOptions[] = [];
  app.addHook('onRoute', (route) => {
    routes.push({ ...route });
  });

  let made: Promise<OpenapiDocument> | undefined;
  const document = () => {
    made ??= import('./openapi-document.ts').then(({ documentOf }) => documentOf(routes, version));
    return made;
  };

  for (const url of ['/openapi.json', '/docs/json']) app.get(url, hidden, async () => (await document()).json);
  app.get('/docs/yaml', hidden, async (_request, reply) =>
    reply.type('application/x-yaml').send((await document()).yaml),
  );
  await app.register(apiPage, { read: readApiPage });
});
