/** Who is there, for those who ask over HTTP; and saying of oneself, on the lines of the same session. */
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { hasScope } from '../chat/caller.ts';
import type { Chat } from '../chat/chat.ts';
import { PresenceAnswer, PresenceBody, PresenceQuery } from '../protocol/http-presence.ts';
import { splitIds } from '../protocol/http-query.ts';
import { Refusal } from '../protocol/refusal.ts';
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
    async ({ caller, query }) => {
      if (caller.kind === 'key' && !hasScope(caller, 'users')) throw new Refusal('FORBIDDEN');
      return { users: await chat.live.presence.look(caller.kind === 'key' ? null : caller, splitIds(query.users)) };
    },
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
      if (caller.kind === 'key') throw new Refusal('FORBIDDEN');
      chat.live.presence.set(caller, body.state, null, body.context);
      return reply.code(204).send(null);
    },
  );
};
