/** Tokens that the host mints for its own users. */
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { Chat } from '../chat/chat.ts';
import { TokenAnswer, TokenBody } from '../protocol/http-auth.ts';
import { failing } from './schemas.ts';

export const tokens: FastifyPluginAsyncTypebox<{ chat: Chat }> = async (app, { chat }) => {
  app.post(
    '/v1/tokens',
    {
      schema: {
        tags: ['tokens'],
        summary: "A token for one of the host's users, made on first sight; by an API key with the scope tokens",
        body: TokenBody,
        response: { 201: TokenAnswer, ...failing },
      },
    },
    async (request, reply) => reply.code(201).send(await chat.users.mint(request.caller, request.body)),
  );
};
