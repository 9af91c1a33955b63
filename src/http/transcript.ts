/** A conversation as a file to keep. */
import { Readable } from 'node:stream';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { Chat } from '../chat/chat.ts';
import { TRANSCRIPT_POLICY } from '../chat/transcript/html.ts';
import { IdParams } from '../protocol/http-params.ts';
import { ref } from '../protocol/schema.ts';
import { Transcript, TranscriptQuery } from '../protocol/transcript.ts';
import { disposition } from './file-headers.ts';
import { failing } from './schemas.ts';

const TYPES = { text: 'text/plain', json: 'application/json', html: 'text/html' } as const;
const ENDINGS = { text: 'txt', json: 'json', html: 'html' } as const;

export const transcript: FastifyPluginAsyncTypebox<{ chat: Chat }> = async (app, { chat }) => {
  const content = {
    'application/json': { schema: ref(Transcript) },
    'text/plain': { schema: { type: 'string' } },
    'text/html': { schema: { type: 'string' } },
  };

  app.get(
    '/v1/conversations/:id/transcript',
    {
      schema: {
        tags: ['conversations'],
        summary: 'A conversation as a file, in JSON where no format is said; without what only the team may know',
        params: IdParams,
        querystring: TranscriptQuery,
        response: { 200: { description: 'The transcript', content }, ...failing },
      },
    },
    async (request, reply) => {
      const { format = 'json' } = request.query;
      const written = await chat.transcript(request.caller, request.params.id, format);
      return reply
        .type(`${TYPES[format]}; charset=utf-8`)
        .header('content-disposition', disposition('attachment', `transcript-${request.params.id}.${ENDINGS[format]}`))
        .header('content-security-policy', `${TRANSCRIPT_POLICY}; sandbox`)
        .send(Readable.from(written, { objectMode: false }));
    },
  );
};
