/** The tags of support conversations, for the team. */
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { Chat } from '../chat/chat.ts';
import { Page } from '../protocol/catching-up.ts';
import { ref } from '../protocol/schema.ts';
import { TagCount } from '../protocol/tag-count.ts';
import { failing } from './schemas.ts';

export const tags: FastifyPluginAsyncTypebox<{ chat: Chat }> = async (app, { chat }) => {
  app.get(
    '/v1/tags',
    {
      schema: {
        tags: ['conversations'],
        summary: 'The tags that are in use, by name, with their numbers; for agents and admins',
        response: { 200: Page(ref(TagCount)), ...failing },
      },
    },
    async (request) => ({ items: await chat.tags(request.caller), next: null }),
  );
};
