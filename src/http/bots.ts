/** Bots, for admins. */
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { Chat } from '../chat/chat.ts';
import { Bot } from '../protocol/bot.ts';
import { Page } from '../protocol/catching-up.ts';
import { BotBody, BotPatch, BotsQuery } from '../protocol/http-bots.ts';
import { IdParams } from '../protocol/http-params.ts';
import { ref } from '../protocol/schema.ts';
import { done, failing } from './schemas.ts';

export const bots: FastifyPluginAsyncTypebox<{ chat: Chat }> = async (app, { chat }) => {
  const tags = ['bots'];
  const params = IdParams;
  const response = { 200: ref(Bot), ...failing };

  app.get(
    '/v1/bots',
    {
      schema: {
        tags,
        summary: 'Bots, newest first',
        querystring: BotsQuery,
        response: { 200: Page(ref(Bot)), ...failing },
      },
    },
    async (request) => chat.bots.list(request.caller, request.query),
  );

  app.post(
    '/v1/bots',
    {
      schema: {
        tags,
        summary: 'Make a bot; its id is that of its user',
        body: BotBody,
        response: { 201: ref(Bot), ...failing },
      },
    },
    async (request, reply) => reply.code(201).send(await chat.bots.create(request.caller, request.body)),
  );

  app.get('/v1/bots/:id', { schema: { tags, summary: 'A bot', params, response } }, async (request) =>
    chat.bots.get(request.caller, request.params.id),
  );

  app.patch(
    '/v1/bots/:id',
    { schema: { tags, summary: 'Change a bot', params, body: BotPatch, response } },
    async (request) => chat.bots.patch(request.caller, request.params.id, request.body),
  );

  app.delete(
    '/v1/bots/:id',
    { schema: { tags, summary: 'Take a bot away; what it wrote stays', params, response: { 204: done, ...failing } } },
    async (request, reply) => {
      await chat.bots.delete(request.caller, request.params.id);
      return reply.code(204).send(null);
    },
  );
};
