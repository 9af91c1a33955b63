/** The host's API keys, for admins. */
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { Chat } from '../chat/chat.ts';
import { ApiKey } from '../protocol/api-key.ts';
import { Page } from '../protocol/catching-up.ts';
import { ApiKeyBody, ApiKeyPatch, ApiKeysQuery } from '../protocol/http-api-keys.ts';
import { IdParams } from '../protocol/http-params.ts';
import { ref } from '../protocol/schema.ts';
import { done, failing } from './schemas.ts';

export const apiKeys: FastifyPluginAsyncTypebox<{ chat: Chat }> = async (app, { chat }) => {
  const tags = ['api keys'];
  const params = IdParams;
  const response = { 200: ref(ApiKey), ...failing };

  app.get(
    '/v1/api-keys',
    {
      schema: {
        tags,
        summary: 'API keys, newest first',
        querystring: ApiKeysQuery,
        response: { 200: Page(ref(ApiKey)), ...failing },
      },
    },
    async (request) => chat.keys.list(request.caller, request.query),
  );

  app.post(
    '/v1/api-keys',
    {
      schema: {
        tags,
        summary: 'Make an API key; the answer has it, this once',
        body: ApiKeyBody,
        response: { 201: ref(ApiKey), ...failing },
      },
    },
    async (request, reply) => reply.code(201).send(await chat.keys.create(request.caller, request.body)),
  );

  app.get('/v1/api-keys/:id', { schema: { tags, summary: 'An API key', params, response } }, async (request) =>
    chat.keys.get(request.caller, request.params.id),
  );

  app.patch(
    '/v1/api-keys/:id',
    { schema: { tags, summary: 'Change an API key', params, body: ApiKeyPatch, response } },
    async (request) => chat.keys.patch(request.caller, request.params.id, request.body),
  );

  app.delete(
    '/v1/api-keys/:id',
    { schema: { tags, summary: 'Take an API key away', params, response: { 204: done, ...failing } } },
    async (request, reply) => {
      await chat.keys.delete(request.caller, request.params.id);
      return reply.code(204).send(null);
    },
  );
};
