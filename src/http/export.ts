/** All about one user, to take along. */
import { Readable } from 'node:stream';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { Chat } from '../chat/chat.ts';
import { IdParams } from '../protocol/http-params.ts';
import { ExportQuery } from '../protocol/http-users.ts';
import { failing } from './schemas.ts';
import { zip } from './zip.ts';

export const userExport: FastifyPluginAsyncTypebox<{ chat: Chat }> = async (app, { chat }) => {
  app.get(
    '/v1/users/:id/export',
    {
      // It is noted who took it: a HEAD would be noted too, and takes nothing.
      exposeHeadRoute: false,
      schema: {
        tags: ['users'],
        summary: 'All about a user, as a ZIP archive of JSON and files: for admins, the host, and the user',
        params: IdParams,
        querystring: ExportQuery,
        response: {
          200: {
            description: 'The archive: user.json, sessions.json, audit.json, conversations/, files/',
            content: { 'application/zip': { schema: { type: 'string', format: 'binary' } } },
          },
          ...failing,
        },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const entries = await chat.exportUser(request.caller, id, request.query.files ?? true);
      return reply
        .type('application/zip')
        .header('content-disposition', `attachment; filename="user-${id.toLowerCase()}.zip"`)
        .header('cache-control', 'no-store')
        .send(Readable.from(zip(entries), { objectMode: false }) as never);
    },
  );
};
