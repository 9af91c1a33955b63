/** The API's document, made of the routes' own schemas. It is loaded, and made, when somebody asks for it. */
import Fastify, { type FastifySchema, type RouteOptions } from 'fastify';
import { Type } from 'typebox';
import { entities } from '../protocol/entities.ts';
import { schemaController } from './schemas.ts';

export interface OpenapiDocument {
  json: object;
  yaml: string;
}

/**
 * @param routes as the server has them
 * @param version of Parley
 */
export async function documentOf(routes: readonly RouteOptions[], version: string): Promise<OpenapiDocument> {
  const { default: swagger } = await import('@fastify/swagger');
  // A server that never listens: the library reads what is registered.
  const app = Fastify({ schemaController, exposeHeadRoutes: false });
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
  for (const schema of entities) app.addSchema(schema);
  for (const { method, url, schema, config } of routes) {
    app.route({ method, url, handler: () => {}, ...(schema && { schema }), ...(config && { config }) });
  }
  await app.ready();
  const made = { json: app.swagger(), yaml: app.swagger({ yaml: true }) };
  await app.close();
  return made;
}

/** The body of a route that takes a file: a form, read as it comes, which no schema checks. */
function withFile(schema: FastifySchema): FastifySchema {
  const file = Type.Object({ file: Type.String({ format: 'binary' }) });
  return { ...schema, consumes: ['multipart/form-data'], body: file };
}
