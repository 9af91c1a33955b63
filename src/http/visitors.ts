/** Visitors: an anonymous user and the token that is all they have; and who they turn out to be. */
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { Chat } from '../chat/chat.ts';
import { type Identity, VisitorAnswer, VisitorBody } from '../protocol/http-visitors.ts';
import { originOf } from './address.ts';
import { perMinute } from './rate-limit.ts';
import { failing } from './schemas.ts';

export interface VisitorsOptions {
  chat: Chat;
  /** New ones a minute from one address. */
  visitorsPerMinute: number;
}

export const visitors: FastifyPluginAsyncTypebox<VisitorsOptions> = async (app, { chat, visitorsPerMinute }) => {
  app.post(
    '/v1/visitors',
    {
      config: {
        auth: 'late',
        // Behind the body's check: whom the host names is no stranger.
        rateLimit: {
          ...perMinute(visitorsPerMinute, ({ known, body }) => known !== null || isNaming(body)),
          hook: 'preHandler',
        },
      },
      schema: {
        tags: ['visitors'],
        summary:
          'An anonymous user and their token; with a living token, who that is; with an identity, whom the host names',
        security: [{}, { bearer: [] }],
        body: VisitorBody,
        response: { 200: VisitorAnswer, 201: VisitorAnswer, ...failing },
      },
    },
    async (request, reply) => {
      const { body, known, refused } = request;
      if (refused !== null && !isNaming(body)) throw refused;
      const { made, ...answer } = isNaming(body)
        ? await chat.visitors.name(known, body.identity, originOf(request))
        : await chat.visitors.create(known, body, originOf(request));
      return reply.code(made ? 201 : 200).send(answer);
    },
  );
};

function isNaming(body: unknown): body is { identity: Identity } {
  return typeof body === 'object' && body !== null && 'identity' in body;
}
