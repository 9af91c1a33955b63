/** How the team's support conversations are filed: the tags in use, and who answers, each with its numbers. */
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { Chat } from '../chat/chat.ts';
import { AssigneeCount } from '../protocol/assignee-count.ts';
import { Page } from '../protocol/catching-up.ts';
import { ref } from '../protocol/schema.ts';
import { TagCount } from '../protocol/tag-count.ts';
import { failing } from './schemas.ts';

export const filing: FastifyPluginAsyncTypebox<{ chat: Chat }> = async (app, { chat }) => {
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

  app.get(
    '/v1/assignees',
    {
      schema: {
        tags: ['conversations'],
        summary: 'Who answers open support conversations, with their numbers; for agents and admins',
        response: { 200: Page(ref(AssigneeCount)), ...failing },
      },
    },
    async (request) => ({ items: await chat.readings.assignees(request.caller), next: null }),
  );
};
