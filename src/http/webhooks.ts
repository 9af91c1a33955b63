/** Webhooks, for admins: who is told what happens, and what became of it. */
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { Chat } from '../chat/chat.ts';
import { Page } from '../protocol/catching-up.ts';
import { IdParams } from '../protocol/http-params.ts';
import { DeliveryParams, WebhookBody, WebhookPatch, WebhooksQuery } from '../protocol/http-webhooks.ts';
import { ref } from '../protocol/schema.ts';
import { Delivery, Webhook } from '../protocol/webhook.ts';
import { done, failing } from './schemas.ts';

export const webhooks: FastifyPluginAsyncTypebox<{ chat: Chat }> = async (app, { chat }) => {
  const tags = ['webhooks'];
  const params = IdParams;
  const response = { 200: ref(Webhook), ...failing };
  const delivered = { 200: ref(Delivery), ...failing };

  app.get(
    '/v1/webhooks',
    {
      schema: {
        tags,
        summary: 'Webhooks, newest first',
        querystring: WebhooksQuery,
        response: { 200: Page(ref(Webhook)), ...failing },
      },
    },
    async (request) => chat.webhooks.list(request.caller, request.query),
  );

  app.post(
    '/v1/webhooks',
    {
      schema: {
        tags,
        summary: 'Have a URL told what happens; the answer has its secret, this once',
        body: WebhookBody,
        response: { 201: ref(Webhook), ...failing },
      },
    },
    async (request, reply) => reply.code(201).send(await chat.webhooks.create(request.caller, request.body)),
  );

  app.get('/v1/webhooks/:id', { schema: { tags, summary: 'A webhook', params, response } }, async (request) =>
    chat.webhooks.get(request.caller, request.params.id),
  );

  app.patch(
    '/v1/webhooks/:id',
    {
      schema: {
        tags,
        summary: 'Change a webhook; one that is enabled again is told what happens from then on',
        params,
        body: WebhookPatch,
        response,
      },
    },
    async (request) => chat.webhooks.patch(request.caller, request.params.id, request.body),
  );

  app.delete(
    '/v1/webhooks/:id',
    { schema: { tags, summary: 'Take a webhook away', params, response: { 204: done, ...failing } } },
    async (request, reply) => {
      await chat.webhooks.delete(request.caller, request.params.id);
      return reply.code(204).send(null);
    },
  );

  app.post(
    '/v1/webhooks/:id/rotate',
    {
      schema: {
        tags,
        summary: 'A new secret; for a day everything is signed with both',
        params,
        response,
      },
    },
    async (request) => chat.webhooks.rotate(request.caller, request.params.id),
  );

  app.post(
    '/v1/webhooks/:id/test',
    { schema: { tags, summary: 'Send a test now, and see what is answered', params, response: delivered } },
    async (request) => chat.webhooks.test(request.caller, request.params.id),
  );

  app.get(
    '/v1/webhooks/:id/deliveries',
    {
      schema: {
        tags,
        summary: 'What became of the events: what waits, what was given up, and the newest that arrived',
        params,
        querystring: WebhooksQuery,
        response: { 200: Page(ref(Delivery)), ...failing },
      },
    },
    async (request) => chat.webhooks.deliveries(request.caller, request.params.id, request.query),
  );

  app.post(
    '/v1/webhooks/:id/deliveries/:deliveryId/redeliver',
    {
      schema: {
        tags,
        summary: 'Tell it again now, and see what is answered',
        params: DeliveryParams,
        response: delivered,
      },
    },
    async (request) => {
      const { id, deliveryId } = request.params;
      return chat.webhooks.redeliver(request.caller, id, deliveryId);
    },
  );
};
