/** Attachments: uploaded by who will send them, fetched by who may read the message. */
import type { Socket } from 'node:net';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { Caller } from '../chat/caller.ts';
import type { Chat } from '../chat/chat.ts';
import type { Config } from '../config.ts';
import { Attachment } from '../protocol/attachment.ts';
import { TicketQuery } from '../protocol/http-attachments.ts';
import { IdParams } from '../protocol/http-params.ts';
import { Refusal } from '../protocol/refusal.ts';
import { ref } from '../protocol/schema.ts';
import type { KnownCaller } from './authentication.ts';
import { perMinute } from './rate-limit.ts';
import { bytes, failing } from './schemas.ts';
import { sendFile } from './send-file.ts';
import { fileTaker } from './upload.ts';

export interface AttachmentsOptions {
  chat: Chat;
  config: Pick<Config, 'maxFile' | 'uploadsPerMinute'>;
  /** Is to hold the sockets that bring a file. */
  uploading: WeakSet<Socket>;
}

/** Who has a name is bound by how many of their files may wait. */
const hasName = ({ known }: { known: KnownCaller | null }) => known?.caller.kind !== 'user' || !known.caller.anonymous;

export const attachments: FastifyPluginAsyncTypebox<AttachmentsOptions> = async (app, { chat, config, uploading }) => {
  const tags = ['attachments'];
  const takeFile = await fileTaker(app, uploading);

  app.post(
    '/v1/attachments',
    {
      config: { rateLimit: perMinute(config.uploadsPerMinute, hasName), takesFile: true },
      schema: {
        tags,
        summary: 'Upload a file, to be sent with a message by its id; one that nobody sends goes after a day',
        response: { 201: ref(Attachment), ...failing },
      },
    },
    async (request, reply) => {
      const { caller } = request;
      const made = await takeFile(request, config.maxFile, (parts) => chat.attachments.upload(caller, parts));
      return reply.code(201).send(made);
    },
  );

  app.get(
    '/v1/attachments/:id',
    {
      config: { auth: 'optional' },
      schema: {
        tags,
        summary: 'The bytes, whole or a range, for who may read the message at this moment',
        security: [{ bearer: [] }, {}],
        params: IdParams,
        querystring: TicketQuery,
        response: { 200: bytes('The file'), 206: bytes('A range of it'), ...failing },
      },
    },
    async (request, reply) => {
      const file = await chat.attachments.open(await callerOf(request, request.query.ticket), request.params.id);
      // Asked for anew each time: whoever may no longer read the message finds nothing in the browser's cache either.
      return sendFile(request, reply, file, 'private, no-cache');
    },
  );

  /** By the header, or by a ticket where a browser sends none. */
  async function callerOf({ known }: { known: KnownCaller | null }, ticket: string | undefined): Promise<Caller> {
    if (known !== null) return known.caller;
    if (ticket === undefined) throw new Refusal('UNAUTHENTICATED');
    return chat.identity.fromTicket(ticket);
  }
};
