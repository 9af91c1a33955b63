/** Visitors: an anonymous user and the token that is all they have. */
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { Chat } from '../chat/chat.ts';
import { VisitorAnswer, VisitorBody } from '../protocol/http-visitors.ts';
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
      config: { auth: 'optional', rateLimit: perMinute(visitorsPerMinute, (request) => request.known !== null) },
      schema: {
        tags: ['visitors'],
        summary: 'An anonymous user and their token; with a living token, who that is',
        security: [{}, { bearer: [] }],
        body: VisitorBody,
        response: { 200: VisitorAnswer, 201: VisitorAnswer, ...failing },
      },
    },
    async (request, reply) => {
      const { made, ...answer } = await chat.visitors.create(request.known, request.body, originOf(request));
      return reply.code(made ? 201 : 200).send(answer);
    },
  );
};
