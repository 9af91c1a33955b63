/** Signing in without a password, and the keys by which one does. */
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { Chat } from '../chat/chat.ts';
import { Page } from '../protocol/catching-up.ts';
import { SessionAnswer } from '../protocol/http-auth.ts';
import { IdParams } from '../protocol/http-params.ts';
import {
  Passkey,
  PasskeyBeginBody,
  PasskeyBody,
  PasskeyOptions,
  PasskeyPatch,
  PasskeySignInBody,
} from '../protocol/http-passkeys.ts';
import { originOf } from './address.ts';
import { perMinute } from './rate-limit.ts';
import { done, failing } from './schemas.ts';
import { sessionCookie } from './session-cookie.ts';

export interface PasskeysOptions {
  chat: Chat;
  /** Attempts a minute from one address. */
  loginsPerMinute: number;
  publicUrl: string | undefined;
}

export const passkeys: FastifyPluginAsyncTypebox<PasskeysOptions> = async (app, options) => {
  const { chat, loginsPerMinute, publicUrl } = options;
  const cookies = sessionCookie(publicUrl);
  const limited = () => ({ rateLimit: perMinute(loginsPerMinute) });
  const forAnybody = () => ({ auth: 'none' as const, ...limited() });
  const tags = ['me'];
  const params = IdParams;

  app.get(
    '/v1/me/passkeys',
    { schema: { tags, summary: 'The keys by which one signs in', response: { 200: Page(Passkey), ...failing } } },
    async (request) => ({ items: await chat.passkeys.list(request.caller), next: null }),
  );

  app.post(
    '/v1/me/passkeys/begin',
    {
      config: limited(),
      schema: {
        tags,
        summary: 'What the browser is to make a key with; who has a password shows it',
        body: PasskeyBeginBody,
        response: { 200: PasskeyOptions, ...failing },
      },
    },
    async (request) => chat.passkeys.beginRegistration(request.caller, request.body),
  );

  app.post(
    '/v1/me/passkeys',
    {
      schema: { tags, summary: 'Keep the key that it made', body: PasskeyBody, response: { 201: Passkey, ...failing } },
    },
    async (request, reply) => reply.code(201).send(await chat.passkeys.register(request.caller, request.body)),
  );

  app.patch(
    '/v1/me/passkeys/:id',
    { schema: { tags, summary: 'Rename a key', params, body: PasskeyPatch, response: { 200: Passkey, ...failing } } },
    async (request) => chat.passkeys.rename(request.caller, request.params.id, request.body.name),
  );

  app.delete(
    '/v1/me/passkeys/:id',
    { schema: { tags, summary: 'Sign in by it no more', params, response: { 204: done, ...failing } } },
    async (request, reply) => {
      await chat.passkeys.remove(request.caller, request.params.id);
      return reply.code(204).send(null);
    },
  );

  app.post(
    '/v1/auth/passkey/begin',
    {
      config: forAnybody(),
      schema: {
        tags: ['auth'],
        security: [{}],
        summary: 'What the browser is to ask for a key with',
        response: { 200: PasskeyOptions, ...failing },
      },
    },
    async () => chat.passkeys.beginSignIn(),
  );

  app.post(
    '/v1/auth/passkey',
    {
      config: forAnybody(),
      schema: {
        tags: ['auth'],
        security: [{}],
        summary: 'Sign in by a key; neither password nor code is asked for beside it',
        body: PasskeySignInBody,
        response: { 200: SessionAnswer, ...failing },
      },
    },
    async (request, reply) => {
      const signIn = await chat.sessions.byPasskey(request.body, originOf(request));
      return cookies.answer(request, reply, signIn, request.body.cookie);
    },
  );
};
