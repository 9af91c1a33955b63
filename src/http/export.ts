/** All about one user, to take along. */
import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { isTeam } from '../chat/access.ts';
import type { Caller } from '../chat/caller.ts';
import type { Chat } from '../chat/chat.ts';
import { IdParams } from '../protocol/http-params.ts';
import { ExportQuery } from '../protocol/http-users.ts';
import { Refusal } from '../protocol/refusal.ts';
import { failing } from './schemas.ts';
import { zip } from './zip.ts';

/** Archives under way past which nobody but the team and the host begins one: everybody's readings wait behind them. */
const AT_ONCE = 4;
const RETRY_MS = 10_000;

export const userExport: FastifyPluginAsyncTypebox<{ chat: Chat }> = async (app, { chat }) => {
  const underWay = new Set<string>();

  /** Keeps a place until the answer is over; throws where there is none. */
  function takePlace(caller: Caller, answer: ServerResponse): void {
    const who = caller.kind === 'key' ? `key ${caller.key}` : `user ${caller.id}`;
    const spared = caller.kind === 'key' || isTeam(caller.role);
    if (underWay.has(who) || (!spared && underWay.size >= AT_ONCE)) {
      throw new Refusal('RATE_LIMITED', { retryMs: RETRY_MS });
    }
    // Whose line is gone already ends no more.
    if (answer.closed) return;
    underWay.add(who);
    answer.once('close', () => underWay.delete(who));
  }

  app.get(
    '/v1/users/:id/export',
    {
      // It is noted who took it: a HEAD would be noted too, and takes nothing.
      config: { noHead: true },
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
      takePlace(request.caller, reply.raw);
      const entries = await chat.exportUser(request.caller, id, request.query.files ?? true);
      return reply
        .type('application/zip')
        .header('content-disposition', `attachment; filename="user-${id.toLowerCase()}.zip"`)
        .header('cache-control', 'no-store')
        .send(Readable.from(zip(entries), { objectMode: false }) as never);
    },
  );
};
