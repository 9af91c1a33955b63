/** How this server process is, for admins. */
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { Chat } from '../chat/chat.ts';
import { ref } from '../protocol/schema.ts';
import { ServerState } from '../protocol/server-state.ts';
import type { Figures } from './figures.ts';
import { failing } from './schemas.ts';

export const server: FastifyPluginAsyncTypebox<{
  chat: Chat;
  figures: Figures;
  backups: () => ServerState['backups'];
}> = async (app, { chat, figures, backups }) => {
  app.get(
    '/v1/server',
    {
      schema: {
        tags: ['server'],
        summary: 'How this server process is: version, disk, queue, connections, slowest routes; for admins',
        response: { 200: ref(ServerState), ...failing },
      },
    },
    async (request): Promise<ServerState> => {
      const state = await chat.serverState.told(request.caller);
      const { writer, eventLoop, slowest, unknownProxy } = figures;
      const own = { unknownProxy, backups: backups(), eventLoop, routes: slowest };
      return { ...state, writer: { ...state.writer, ...writer }, ...own };
    },
  );
};
