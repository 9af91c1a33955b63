/** Who is there, for those who ask over HTTP; and saying of oneself, on the lines of the same session. */
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { Chat } from '../chat/chat.ts';
import { userOnly } from '../chat/readings/threads.ts';
import { PresenceAnswer, PresenceBody, PresenceQuery } from '../protocol/http-presence.ts';
import { splitIds } from '../protocol/http-query.ts';
import { done, failing } from './schemas.ts';

export const presence: FastifyPluginAsyncTypebox<{ chat: Chat }> = async (app, { chat }) => {
  const tags = ['presence'];

  app.get(
    '/v1/presence',
    {
      schema: {
        tags,
        summary: 'Whether users are online; whom the caller may not see is left out',
        querystring: PresenceQuery,
        response: { 200: PresenceAnswer, ...failing },
      },
    },
    async ({ caller, query }) => ({ users: await chat.live.presence.look(caller, splitIds(query.users)) }),
  );

  app.put(
    '/v1/presence',
    {
      schema: {
        tags,
        summary: 'What the lines of this session say of the caller; the page where a customer is',
        body: PresenceBody,
        response: { 204: done, ...failing },
      },
    },
    async ({ caller, body }, reply) => {
      await chat.live.presence.set(userOnly(caller), body.state, null, body.context);
      return reply.code(204).send(null);
    },
  );
};
