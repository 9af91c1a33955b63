/** How much waits for the caller, in all and by conversation. */
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { Chat } from '../chat/chat.ts';
import { UnreadAnswer } from '../protocol/http-catching-up.ts';
import { failing } from './schemas.ts';

export const unread: FastifyPluginAsyncTypebox<{ chat: Chat }> = async (app, { chat }) => {
  app.get(
    '/v1/unread',
    {
      schema: {
        tags: ['catching up'],
        summary: 'Unread messages, in all and by conversation (200 at most); for the team how many conversations wait',
        response: { 200: UnreadAnswer, ...failing },
      },
    },
    async (request) => chat.readings.unread(request.caller),
  );
};
