/** Where bots answer that said 202 first: the `replyUrl` of one turn, which needs no other credential and is used once. */
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { Chat } from '../chat/chat.ts';
import { BotReplyBody, BotReplyParams } from '../protocol/http-bots.ts';
import { done, failing } from './schemas.ts';

export const botReplies: FastifyPluginAsyncTypebox<{ chat: Chat }> = async (app, { chat }) => {
  app.post(
    '/v1/bots/replies/:token',
    {
      config: { auth: 'none' },
      schema: {
        tags: ['bots'],
        summary: "A bot's answer, later: JSON as its webhook may answer at once",
        params: BotReplyParams,
        body: BotReplyBody,
        response: { 204: done, ...failing },
      },
    },
    async (request, reply) => {
      await chat.turns.answerLater(request.params.token, request.body);
      return reply.code(204).send(null);
    },
  );
};
