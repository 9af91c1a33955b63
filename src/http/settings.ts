/** What the team's admins decide. */
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { Chat } from '../chat/chat.ts';
import { ref } from '../protocol/schema.ts';
import { Settings, SettingsPatch } from '../protocol/settings.ts';
import { failing } from './schemas.ts';

export const settings: FastifyPluginAsyncTypebox<{ chat: Chat }> = async (app, { chat }) => {
  const tags = ['settings'];
  const response = { 200: ref(Settings), ...failing };

  app.get('/v1/settings', { schema: { tags, summary: 'What admins decide', response } }, async (request) =>
    chat.settings.get(request.caller),
  );

  app.patch(
    '/v1/settings',
    {
      schema: {
        tags,
        summary: 'Decide: a property that is given replaces the one before, of firstAssignee each queue by itself',
        body: SettingsPatch,
        response,
      },
    },
    async (request) => chat.settings.patch(request.caller, request.body),
  );
};
