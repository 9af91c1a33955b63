/** What a page with a chat on it may know before anybody has said who they are. */
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { Chat } from '../chat/chat.ts';
import { ref } from '../protocol/schema.ts';
import { WidgetConfig } from '../protocol/widget-config.ts';
import { failing } from './schemas.ts';

export const widgetConfig: FastifyPluginAsyncTypebox<{ chat: Chat }> = async (app, { chat }) => {
  app.get(
    '/v1/widget/config',
    {
      config: { auth: 'none', tellsOrigin: true },
      schema: {
        tags: ['visitors'],
        summary: 'What a page may know before anybody has said who they are: the limits, whether the team is there',
        security: [],
        response: { 200: ref(WidgetConfig), ...failing },
      },
    },
    async () => chat.widgetConfig(),
  );
};
