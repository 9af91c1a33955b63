/** Messages: send, read, edit, delete, stop. */
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { FastifyReply } from 'fastify';
import { Type } from 'typebox';
import type { Chat } from '../chat/chat.ts';
import type { Sent } from '../chat/messages.ts';
import { History } from '../protocol/catching-up.ts';
import { EditBody, HistoryQuery, SendBody, SendQuery, SendToBody, WithReply } from '../protocol/http-messages.ts';
import { IdParams, MessageParams } from '../protocol/http-params.ts';
import { Message } from '../protocol/message.ts';
import { ref } from '../protocol/schema.ts';
import { aboutOf } from './about.ts';
import { hungUp } from './gone.ts';
import { failing } from './schemas.ts';

export const messages: FastifyPluginAsyncTypebox<{ chat: Chat }> = async (app, { chat }) => {
  const tags = ['messages'];
  const one = ref(Message);
  const either = Type.Union([one, ref(WithReply)]);
  const sent = { 200: either, 201: either, ...failing };
  const response = { 200: one, ...failing };

  /** With `wait=reply`, once the bot has answered; the message is kept whatever comes of that. */
  async function answerSent({ message, made }: Sent, { wait }: SendQuery, reply: FastifyReply) {
    if (wait === undefined) return reply.code(made ? 201 : 200).send(message);
    const answer = await chat.replies.to(message, hungUp(reply));
    return reply.code(made ? 201 : 200).send({ message, ...answer });
  }

  app.post(
    '/v1/conversations/:id/messages',
    {
      schema: {
        tags,
        summary: 'Send a message; 200 and the message as it is now for an id that its author sent before',
        params: IdParams,
        querystring: SendQuery,
        body: ref(SendBody),
        response: sent,
      },
    },
    async (request, reply) => {
      const { ifSeq, ...draft } = request.body;
      const about = aboutOf(request, chat, ifSeq);
      const where = { conversationId: request.params.id };
      const sent = await chat.messages.send(request.caller, where, draft, about);
      return answerSent(sent, request.query, reply);
    },
  );

  app.post(
    '/v1/messages',
    {
      schema: {
        tags,
        summary: 'Send a message to the team or to a user, in the conversation that this means',
        querystring: SendQuery,
        body: SendToBody,
        response: sent,
      },
    },
    async (request, reply) => {
      const { to, message: draft } = request.body;
      const sent = await chat.messages.send(request.caller, { to }, draft, aboutOf(request, chat));
      return answerSent(sent, request.query, reply);
    },
  );

  app.get(
    '/v1/conversations/:id/messages',
    {
      schema: {
        tags,
        summary: 'A page of messages, ascending; the newest without before, after or around',
        params: IdParams,
        querystring: HistoryQuery,
        response: { 200: ref(History), ...failing },
      },
    },
    async (request) => chat.readings.history(request.caller, request.params.id, request.query),
  );

  app.get(
    '/v1/conversations/:id/messages/:messageId',
    { schema: { tags, summary: 'A message', params: MessageParams, response } },
    async ({ caller, params }) => chat.readings.message(caller, params.id, params.messageId),
  );

  app.patch(
    '/v1/conversations/:id/messages/:messageId',
    {
      schema: {
        tags,
        summary: "Edit one's message, within the time for it",
        params: MessageParams,
        body: EditBody,
        response,
      },
    },
    async ({ caller, params, body }) =>
      (await chat.messages.edit(caller, params.id, params.messageId, body.content)).message,
  );

  app.delete(
    '/v1/conversations/:id/messages/:messageId',
    {
      schema: {
        tags,
        summary: 'Delete a message: its text is erased, a tombstone stays',
        params: MessageParams,
        response,
      },
    },
    async ({ caller, params }) => (await chat.messages.delete(caller, params.id, params.messageId)).message,
  );

  app.post(
    '/v1/conversations/:id/messages/:messageId/stop',
    { schema: { tags, summary: 'Stop an answer that is being written', params: MessageParams, response } },
    async ({ caller, params }) => (await chat.messages.stop(caller, params.id, params.messageId)).message,
  );
};
