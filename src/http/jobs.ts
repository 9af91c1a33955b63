/** Work in steps that somebody has begun and asks after. */
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { Chat } from '../chat/chat.ts';
import { IdParams } from '../protocol/http-params.ts';
import { Job } from '../protocol/job.ts';
import { ref } from '../protocol/schema.ts';
import { failing } from './schemas.ts';

export const jobs: FastifyPluginAsyncTypebox<{ chat: Chat }> = async (app, { chat }) => {
  app.get(
    '/v1/jobs/:id',
    {
      schema: {
        tags: ['users'],
        summary: 'Work that is under way; 404: it is done',
        params: IdParams,
        response: { 200: ref(Job), ...failing },
      },
    },
    async (request) => chat.jobs.get(request.caller, request.params.id),
  );
};
