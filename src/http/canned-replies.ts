/** Texts that the team writes often. */
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { Chat } from '../chat/chat.ts';
import { CannedRepliesQuery, CannedReply, CannedReplyBody, CannedReplyPatch } from '../protocol/canned-reply.ts';
import { Page } from '../protocol/catching-up.ts';
import { IdParams } from '../protocol/http-params.ts';
import { ref } from '../protocol/schema.ts';
import { done, failing } from './schemas.ts';

export const cannedReplies: FastifyPluginAsyncTypebox<{ chat: Chat }> = async (app, { chat }) => {
  const tags = ['canned replies'];
  const params = IdParams;
  const one = ref(CannedReply);
  const response = { 200: one, ...failing };

  app.get(
    '/v1/canned-replies',
    {
      schema: {
        tags,
        summary: 'Canned replies, newest first; for the team',
        querystring: CannedRepliesQuery,
        response: { 200: Page(one), ...failing },
      },
    },
    async ({ caller, query }) => chat.cannedReplies.list(caller, query),
  );

  app.post(
    '/v1/canned-replies',
    { schema: { tags, summary: 'Make a canned reply', body: CannedReplyBody, response: { 201: one, ...failing } } },
    async ({ caller, body }, reply) => reply.code(201).send(await chat.cannedReplies.create(caller, body)),
  );

  app.get(
    '/v1/canned-replies/:id',
    { schema: { tags, summary: 'A canned reply', params, response } },
    async ({ caller, params: { id } }) => chat.cannedReplies.get(caller, id),
  );

  app.patch(
    '/v1/canned-replies/:id',
    { schema: { tags, summary: 'Change a canned reply', params, body: CannedReplyPatch, response } },
    async ({ caller, params: { id }, body }) => chat.cannedReplies.patch(caller, id, body),
  );

  app.delete(
    '/v1/canned-replies/:id',
    { schema: { tags, summary: 'Take a canned reply away', params, response: { 204: done, ...failing } } },
    async ({ caller, params: { id } }, reply) => {
      await chat.cannedReplies.delete(caller, id);
      return reply.code(204).send(null);
    },
  );
};
