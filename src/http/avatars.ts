/** Pictures of people. They stand on pages, so whoever has the address sees them. */
import type { Socket } from 'node:net';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { Chat } from '../chat/chat.ts';
import { HashParams } from '../protocol/http-attachments.ts';
import { Me } from '../protocol/person.ts';
import { ref } from '../protocol/schema.ts';
import { bytes, failing } from './schemas.ts';
import { sendFile } from './send-file.ts';
import { fileTaker } from './upload.ts';

export interface AvatarsOptions {
  chat: Chat;
  /** Is to hold the sockets that bring a file. */
  uploading: WeakSet<Socket>;
}

export const avatars: FastifyPluginAsyncTypebox<AvatarsOptions> = async (app, { chat, uploading }) => {
  const takeFile = await fileTaker(app, uploading);

  app.put(
    '/v1/me/avatar',
    {
      config: { takesFile: true },
      schema: {
        tags: ['me'],
        summary: 'Show a picture of oneself: PNG, JPEG, WebP or AVIF, small',
        response: { 200: ref(Me), ...failing },
      },
    },
    async (request) => {
      const { caller } = request;
      return takeFile(request, chat.avatars.maxBytes, (parts) => chat.avatars.put(caller, parts));
    },
  );

  app.delete(
    '/v1/me/avatar',
    { schema: { tags: ['me'], summary: 'Show none', response: { 200: ref(Me), ...failing } } },
    async (request) => chat.avatars.remove(request.caller),
  );

  app.get(
    '/v1/avatars/:hash',
    {
      config: { auth: 'none' },
      schema: {
        tags: ['users'],
        summary: 'A picture of somebody, for anybody; at one address it is always the same',
        security: [],
        params: HashParams,
        response: { 200: bytes('The picture'), ...failing },
      },
    },
    async (request, reply) => {
      const file = await chat.avatars.open(request.params.hash);
      return sendFile(request, reply, file, 'public, max-age=31536000, immutable');
    },
  );
};
