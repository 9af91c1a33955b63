/** Search over all that the caller may read. */
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { Chat } from '../chat/chat.ts';
import { Page } from '../protocol/catching-up.ts';
import { SearchHit, SearchQuery } from '../protocol/http-search.ts';
import { ref } from '../protocol/schema.ts';
import { failing } from './schemas.ts';

export const search: FastifyPluginAsyncTypebox<{ chat: Chat }> = async (app, { chat }) => {
  app.get(
    '/v1/search',
    {
      schema: {
        tags: ['search'],
        summary:
          'Messages with all of the words, newest first; a page may hold fewer than limit while next is not null',
        querystring: SearchQuery,
        response: { 200: Page(ref(SearchHit)), ...failing },
      },
    },
    async (request) => chat.search(request.caller, request.query),
  );
};
