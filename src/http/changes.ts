/** Catching up: with one conversation by its rev, with everything by a cursor, and waiting for the next change. */
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { Chat } from '../chat/chat.ts';
import { Changes, Sync } from '../protocol/catching-up.ts';
import { ChangesQuery, SyncQuery } from '../protocol/http-catching-up.ts';
import { IdParams } from '../protocol/http-params.ts';
import { ref } from '../protocol/schema.ts';
import { failing } from './schemas.ts';

export const changes: FastifyPluginAsyncTypebox<{ chat: Chat }> = async (app, { chat }) => {
  const tags = ['catching up'];
  const waiting = new Set<AbortController>();

  // Whoever waits for a change is answered before the server ends: there will be none.
  app.addHook('preClose', async () => {
    for (const controller of waiting) controller.abort();
  });

  app.get(
    '/v1/changes',
    {
      schema: {
        tags,
        summary: 'What changed since a cursor; with wait as soon as something does, or after so many seconds',
        querystring: ChangesQuery,
        response: { 200: ref(Changes), ...failing },
      },
    },
    async ({ caller, query: { cursor, wait = 0 } }, reply) => {
      const controller = new AbortController();
      waiting.add(controller);
      reply.raw.once('close', () => controller.abort());
      try {
        return await chat.live.changes(caller, cursor, wait * 1000, controller.signal);
      } finally {
        waiting.delete(controller);
      }
    },
  );

  app.get(
    '/v1/conversations/:id/sync',
    {
      schema: {
        tags,
        summary: 'What changed in a conversation since a rev; without since all anew',
        params: IdParams,
        querystring: SyncQuery,
        response: { 200: ref(Sync), ...failing },
      },
    },
    async ({ caller, params, query: { since = 0, epoch } }) => chat.readings.sync(caller, params.id, { since, epoch }),
  );
};
