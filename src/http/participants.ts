/** Who is in a conversation; who comes into a room and goes out of it. */
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { Chat } from '../chat/chat.ts';
import { Page } from '../protocol/catching-up.ts';
import { IdParams, ParticipantParams } from '../protocol/http-params.ts';
import { ParticipantBody, ParticipantsQuery } from '../protocol/http-participants.ts';
import { Participant } from '../protocol/participant.ts';
import { ref } from '../protocol/schema.ts';
import { done, failing } from './schemas.ts';

export const participants: FastifyPluginAsyncTypebox<{ chat: Chat }> = async (app, { chat }) => {
  const tags = ['participants'];
  const one = ref(Participant);

  app.get(
    '/v1/conversations/:id/participants',
    {
      schema: {
        tags,
        summary: 'Who is in it now',
        params: IdParams,
        querystring: ParticipantsQuery,
        response: { 200: Page(one), ...failing },
      },
    },
    async (request) => chat.readings.participants(request.caller, request.params.id, request.query),
  );

  app.post(
    '/v1/conversations/:id/participants',
    {
      schema: {
        tags,
        summary: 'Put somebody into a room; 200 for who was in it: title and moderator are then as given',
        params: IdParams,
        body: ref(ParticipantBody),
        response: { 200: one, 201: one, ...failing },
      },
    },
    async (request, reply) => {
      const { participant, made } = await chat.participants.put(request.caller, request.params.id, request.body);
      return reply.code(made ? 201 : 200).send(participant);
    },
  );

  app.delete(
    '/v1/conversations/:id/participants/:userId',
    {
      schema: {
        tags,
        summary: 'Take somebody, or oneself, out of a room',
        params: ParticipantParams,
        response: { 204: done, ...failing },
      },
    },
    async ({ caller, params }, reply) => {
      await chat.participants.remove(caller, params.id, params.userId);
      return reply.code(204).send(null);
    },
  );
};
