/** One compiler for every door: strict, nothing coerced, nothing dropped; texts of the query are read as numbers first. */
import type { FastifySchema, FastifySchemaCompiler, FastifyServerOptions } from 'fastify';
import fp from 'fastify-plugin';
import { type TObject, type TSchema, Type } from 'typebox';
import { entities } from '../protocol/entities.ts';
import { HttpFailure } from '../protocol/http-failure.ts';
import { readQuery } from '../protocol/query.ts';
import { misshapen } from '../protocol/refusal.ts';
import { received, ref } from '../protocol/schema.ts';
import { compileCheck } from '../protocol/validate.ts';

/** For a route's `response`: whatever fails. */
export const failing = { default: ref(HttpFailure) };

/** For a route's `response` 204. */
export const done = Type.Null({ description: 'Done: there is nothing to tell.' });

/** For a route's `response`: no JSON, but a file. */
export const bytes = (description: string) => ({
  description,
  content: { 'application/octet-stream': { schema: Type.String({ format: 'binary' }) } },
});

/** A route without a query of its own takes none. */
const noQuery = received({});
const checkNoBody = compileCheck(received({}));

const validator: FastifySchemaCompiler<TSchema> = ({ schema, httpPart }) => {
  const check = compileCheck(schema);
  const properties = httpPart === 'querystring' ? (schema as TObject).properties : null;
  return (given) => {
    const checked = check(properties === null ? given : readQuery(properties, given));
    return checked.ok ? { value: checked.value } : { error: misshapen(checked.path, checked.rule) };
  };
};

/** For the server itself: it loads compilers of its own where it is told none. */
export const schemaController = {
  compilersFactory: {
    buildValidator: () => validator,
    // What is answered was made to its schema by chat/; a second writer of JSON would only be slower.
    buildSerializer: () => () => JSON.stringify,
  },
} as unknown as NonNullable<FastifyServerOptions['schemaController']>;

export const schemas = fp(async (app) => {
  for (const schema of entities) app.addSchema(schema);

  app.addHook('onRoute', (route) => {
    if (!route.url.startsWith('/v1/')) return;
    const schema: FastifySchema = route.schema ?? {};
    route.schema = { querystring: noQuery, ...schema };
  });

  // A request without a body says the same as `{}`; where none is asked for, nothing else may be said.
  app.addHook('preValidation', async (request) => {
    const asked = request.routeOptions.schema?.body !== undefined;
    if (asked && request.body === undefined) request.body = {};
    if (asked || request.is404 || request.body === undefined) return;
    const checked = checkNoBody(request.body);
    if (!checked.ok) throw misshapen(checked.path, checked.rule);
  });
});
