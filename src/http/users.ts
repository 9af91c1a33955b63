/** Users, for the team and for the host. */
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { Chat } from '../chat/chat.ts';
import { Page } from '../protocol/catching-up.ts';
import { IdParams } from '../protocol/http-params.ts';
import { UserBody, UserPatch, UsersQuery } from '../protocol/http-users.ts';
import { Job } from '../protocol/job.ts';
import { User } from '../protocol/person.ts';
import { ref } from '../protocol/schema.ts';
import { failing } from './schemas.ts';

export const users: FastifyPluginAsyncTypebox<{ chat: Chat }> = async (app, { chat }) => {
  const tags = ['users'];
  const params = IdParams;
  const response = { 200: ref(User), ...failing };

  app.get(
    '/v1/users',
    {
      schema: {
        tags,
        summary: 'Users, newest first; email finds who logs in with it',
        querystring: UsersQuery,
        response: { 200: Page(ref(User)), ...failing },
      },
    },
    async (request) => chat.users.list(request.caller, request.query),
  );

  app.post(
    '/v1/users',
    { schema: { tags, summary: 'Make a user', body: UserBody, response: { 201: ref(User), ...failing } } },
    async (request, reply) => reply.code(201).send(await chat.users.create(request.caller, request.body)),
  );

  app.get('/v1/users/:id', { schema: { tags, summary: 'A user', params, response } }, async (request) =>
    chat.users.get(request.caller, request.params.id),
  );

  app.patch(
    '/v1/users/:id',
    {
      schema: {
        tags,
        summary: 'Change a user; disabling, another role or a new password ends what it must',
        params,
        body: UserPatch,
        response,
      },
    },
    async (request) => chat.users.patch(request.caller, request.params.id, request.body),
  );

  app.delete(
    '/v1/users/:id',
    {
      schema: {
        tags,
        summary: "Erase a user: name, address, text and files; others' conversations stay readable. Goes on in steps",
        params,
        response: { 202: ref(Job), ...failing },
      },
    },
    async (request, reply) => reply.code(202).send(await chat.users.erase(request.caller, request.params.id)),
  );

  app.post(
    '/v1/users/:id/block',
    { schema: { tags, summary: 'Block a user: they may read, and do nothing else', params, response } },
    async (request) => chat.users.block(request.caller, request.params.id, true),
  );

  app.post(
    '/v1/users/:id/unblock',
    { schema: { tags, summary: 'Let a blocked user write again', params, response } },
    async (request) => chat.users.block(request.caller, request.params.id, false),
  );
};
