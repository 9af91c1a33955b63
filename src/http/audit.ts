/** What the team did, for admins. */
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { Chat } from '../chat/chat.ts';
import { AuditLine, AuditQuery } from '../protocol/audit.ts';
import { Page } from '../protocol/catching-up.ts';
import { ref } from '../protocol/schema.ts';
import { failing } from './schemas.ts';

export const audit: FastifyPluginAsyncTypebox<{ chat: Chat }> = async (app, { chat }) => {
  app.get(
    '/v1/audit',
    {
      schema: {
        tags: ['audit'],
        summary: 'What was done, newest first; by a user, of an action',
        querystring: AuditQuery,
        response: { 200: Page(ref(AuditLine)), ...failing },
      },
    },
    async (request) => chat.audit.list(request.caller, request.query),
  );
};
