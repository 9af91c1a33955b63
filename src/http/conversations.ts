/** Conversations: begin, list, get, change; and what is told of oneself in one: read, delivered, typing. */
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { Chat } from '../chat/chat.ts';
import type { Status } from '../chat/readings/list-filter.ts';
import { Page } from '../protocol/catching-up.ts';
import { Conversation } from '../protocol/conversation.ts';
import {
  ConversationBody,
  ConversationPatch,
  ConversationsQuery,
  MarkAnswer,
  MarkBody,
  TypingBody,
} from '../protocol/http-conversations.ts';
import { IdParams } from '../protocol/http-params.ts';
import { ref } from '../protocol/schema.ts';
import { aboutOf } from './about.ts';
import { done, failing } from './schemas.ts';

export const conversations: FastifyPluginAsyncTypebox<{ chat: Chat }> = async (app, { chat }) => {
  const tags = ['conversations'];
  const params = IdParams;
  const one = ref(Conversation);
  const response = { 200: one, ...failing };

  app.post(
    '/v1/conversations',
    {
      schema: {
        tags,
        summary: 'Begin a conversation; 200 for one that was there: a direct pair, an externalId, its own id again',
        body: ConversationBody,
        response: { 200: one, 201: one, ...failing },
      },
    },
    async (request, reply) => {
      const { conversation, made } = await chat.conversations.create(
        request.caller,
        request.body,
        aboutOf(request, chat),
      );
      return reply.code(made ? 201 : 200).send(conversation);
    },
  );

  app.get(
    '/v1/conversations',
    {
      schema: {
        tags,
        summary: 'What one may read, newest activity first; a page may hold fewer than limit while next is not null',
        querystring: ConversationsQuery,
        response: { 200: Page(one), ...failing },
      },
    },
    async ({ caller, query: { status, ...query } }) =>
      chat.readings.conversations(caller, {
        ...query,
        ...(status === undefined ? {} : { status: status.split(',') as Status[] }),
      }),
  );

  app.get('/v1/conversations/:id', { schema: { tags, summary: 'A conversation', params, response } }, async (request) =>
    chat.readings.conversation(request.caller, request.params.id),
  );

  app.patch(
    '/v1/conversations/:id',
    {
      schema: {
        tags,
        summary:
          'Change status, subject, assignee, tags, snooze or maxLength; with ifSeq not over messages that one has not seen',
        params,
        body: ConversationPatch,
        response,
      },
    },
    async (request) => (await chat.conversations.patch(request.caller, request.params.id, request.body)).conversation,
  );

  app.delete(
    '/v1/conversations/:id',
    {
      schema: { tags, summary: 'Delete a conversation with all that is in it; answers it as it was', params, response },
    },
    async (request) => (await chat.conversations.delete(request.caller, request.params.id)).conversation,
  );

  app.post(
    '/v1/conversations/:id/read',
    {
      schema: {
        tags,
        summary: 'Read up to a message; a mark only moves forward',
        params,
        body: MarkBody,
        response: { 200: MarkAnswer, ...failing },
      },
    },
    async (request) => chat.marks.read(request.caller, request.params.id, request.body.seq),
  );

  app.post(
    '/v1/conversations/:id/delivered',
    {
      schema: {
        tags,
        summary: 'Messages up to this one have reached a device; may be lost',
        params,
        body: MarkBody,
        response: { 204: done, ...failing },
      },
    },
    async (request, reply) => {
      await chat.live.delivered.mark(request.caller, request.params.id, request.body.seq);
      return reply.code(204).send(null);
    },
  );

  app.post(
    '/v1/conversations/:id/typing',
    {
      schema: {
        tags,
        summary: 'Is writing, or no longer; ends by itself after 6 seconds',
        params,
        body: TypingBody,
        response: { 204: done, ...failing },
      },
    },
    async (request, reply) => {
      const { on, text } = request.body;
      await chat.live.typing.set(request.caller, request.params.id, on, text);
      return reply.code(204).send(null);
    },
  );
};
