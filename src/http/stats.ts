/** A conversation in numbers. */
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { Chat } from '../chat/chat.ts';
import { IdParams } from '../protocol/http-params.ts';
import { ref } from '../protocol/schema.ts';
import { Stats } from '../protocol/stats.ts';
import { failing } from './schemas.ts';

export const stats: FastifyPluginAsyncTypebox<{ chat: Chat }> = async (app, { chat }) => {
  app.get(
    '/v1/conversations/:id/stats',
    {
      schema: {
        tags: ['conversations'],
        summary: 'A conversation in numbers: who wrote how much, how fast it was answered',
        params: IdParams,
        response: { 200: ref(Stats), ...failing },
      },
    },
    async (request) => chat.stats(request.caller, request.params.id),
  );
};
