/** The caller, as they see themselves: who they are, where they are signed in, a ticket for their attachments. */
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { Chat } from '../chat/chat.ts';
import { Ticket } from '../protocol/answers.ts';
import { Page } from '../protocol/catching-up.ts';
import { IdParams } from '../protocol/http-params.ts';
import { PushBody, PushGoneBody } from '../protocol/http-push.ts';
import { Session } from '../protocol/http-sessions.ts';
import { MePatch } from '../protocol/http-users.ts';
import { Me } from '../protocol/person.ts';
import { ref } from '../protocol/schema.ts';
import { perMinute } from './rate-limit.ts';
import { done, failing } from './schemas.ts';

export interface MeOptions {
  chat: Chat;
  /** Passwords that may be tried in a minute from one address. */
  loginsPerMinute: number;
}

export const me: FastifyPluginAsyncTypebox<MeOptions> = async (app, { chat, loginsPerMinute }) => {
  const tags = ['me'];

  app.get(
    '/v1/me',
    { schema: { tags, summary: 'Who the token speaks for', response: { 200: ref(Me), ...failing } } },
    async (request) => chat.users.me(request.caller),
  );

  app.patch(
    '/v1/me',
    {
      config: {
        // Behind the body's check: who shows no password tries none.
        rateLimit: { ...perMinute(loginsPerMinute, ({ body }) => !triesPassword(body)), hook: 'preHandler' },
      },
      schema: { tags, summary: 'Change oneself', body: MePatch, response: { 200: ref(Me), ...failing } },
    },
    async (request) => chat.users.patchMe(request.caller, request.body),
  );

  app.get(
    '/v1/me/ticket',
    {
      schema: {
        tags,
        summary: 'A ticket that opens the attachments one may read',
        response: { 200: ref(Ticket), ...failing },
      },
    },
    async (request) => chat.tickets.make((await chat.users.me(request.caller)).id),
  );

  app.post(
    '/v1/me/push',
    {
      schema: {
        tags,
        summary: 'Have this browser sent what one misses, by web push',
        body: PushBody,
        response: { 204: done, ...failing },
      },
    },
    async (request, reply) => {
      await chat.pushes.put(request.caller, request.body);
      return reply.code(204).send(null);
    },
  );

  app.delete(
    '/v1/me/push',
    {
      schema: {
        tags,
        summary: 'Send it nothing any more',
        body: PushGoneBody,
        response: { 204: done, ...failing },
      },
    },
    async (request, reply) => {
      await chat.pushes.delete(request.caller, request.body);
      return reply.code(204).send(null);
    },
  );

  app.get(
    '/v1/me/sessions',
    {
      schema: {
        tags,
        summary: 'Where one is signed in, newest first',
        response: { 200: Page(Session), ...failing },
      },
    },
    async (request) => ({ items: await chat.sessions.list(request.caller), next: null }),
  );

  app.delete(
    '/v1/me/sessions/:id',
    { schema: { tags, summary: 'End one of them', params: IdParams, response: { 204: done, ...failing } } },
    async (request, reply) => {
      await chat.sessions.revoke(request.caller, request.params.id);
      return reply.code(204).send(null);
    },
  );
};

function triesPassword(body: unknown): boolean {
  return (body as MePatch).currentPassword !== undefined;
}
