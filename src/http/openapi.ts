/** The API's document at /openapi.json, made from the routes' own schemas, and a page to read it at /docs. */
import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { FastifySchema } from 'fastify';
import fp from 'fastify-plugin';
import { Type } from 'typebox';

export interface OpenapiOptions {
  version: string;
  /** Where the page's files lie when they are not beside the plugin: in the one binary. */
  baseDir?: string;
}

/** Before the routes that it is to tell of. */
export const openapi = fp<OpenapiOptions>(async (app, { version, baseDir }) => {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Parley',
        version,
        description: 'A chat server that you host yourself.',
        license: { name: 'MIT' },
      },
      components: {
        securitySchemes: {
          bearer: {
            type: 'http',
            scheme: 'bearer',
            description: "A visitor's token, a session's access token, an API key, or a token that the host signs.",
          },
        },
      },
      security: [{ bearer: [] }],
    },
    transform: ({ schema, url, route }) => ({ url, schema: route.config?.takesFile ? withFile(schema) : schema }),
    refResolver: { buildLocalReference: (schema, _base, _fragment, index) => String(schema.$id ?? `schema-${index}`) },
  });
  await app.register(swaggerUi, {
    routePrefix: '/docs',
    staticCSP: false,
    ...(baseDir === undefined ? {} : { baseDir }),
    logo: null as never,
    uiConfig: { validatorUrl: null as never, deepLinking: true },
  });
  app.get('/openapi.json', { schema: { hide: true } }, async () => app.swagger());
});

/** The body of a route that takes a file: a form, read as it comes, which no schema checks. */
function withFile(schema: FastifySchema): FastifySchema {
  const file = Type.Object({ file: Type.String({ format: 'binary' }) });
  return { ...schema, consumes: ['multipart/form-data'], body: file };
}
