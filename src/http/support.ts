/** What the team and its customers do with a support conversation: take it, hand it over, note, rate. */
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { Chat } from '../chat/chat.ts';
import { Conversation } from '../protocol/conversation.ts';
import { RatingBody } from '../protocol/http-conversations.ts';
import { SendBody } from '../protocol/http-messages.ts';
import { IdParams } from '../protocol/http-params.ts';
import { Message } from '../protocol/message.ts';
import { ref } from '../protocol/schema.ts';
import { aboutOf } from './about.ts';
import { failing } from './schemas.ts';

export const support: FastifyPluginAsyncTypebox<{ chat: Chat }> = async (app, { chat }) => {
  const tags = ['support'];
  const params = IdParams;
  const response = { 200: ref(Conversation), ...failing };

  app.post(
    '/v1/conversations/:id/claim',
    { schema: { tags, summary: 'Take it over from the queue or from a bot; who comes second: 409', params, response } },
    async ({ caller, params: { id } }) => (await chat.conversations.claim(caller, id)).conversation,
  );

  app.post(
    '/v1/conversations/:id/handover',
    { schema: { tags, summary: 'A person, please: from a bot into the queue', params, response } },
    async ({ caller, params: { id } }) => (await chat.conversations.handOver(caller, id)).conversation,
  );

  app.post(
    '/v1/conversations/:id/rating',
    {
      schema: {
        tags,
        summary: 'What its customer thinks of it once it is closed, 1 to 5; said again, the last one counts',
        params,
        body: RatingBody,
        response,
      },
    },
    async ({ caller, params: { id }, body }) => (await chat.conversations.rate(caller, id, body)).conversation,
  );

  app.post(
    '/v1/conversations/:id/notes',
    {
      schema: {
        tags,
        summary: 'Leave a note for the team: a message to team.id',
        params,
        body: ref(SendBody),
        response: { 200: ref(Message), 201: ref(Message), ...failing },
      },
    },
    async (request, reply) => {
      const { ifSeq, ...draft } = request.body;
      const conversationId = await chat.readings.side(request.caller, request.params.id);
      const about = aboutOf(request, chat, ifSeq);
      const { message, made } = await chat.messages.send(request.caller, { conversationId }, draft, about);
      return reply.code(made ? 201 : 200).send(message);
    },
  );
};
