/** The second factor of a login: one's own, and a teammate's who lost it. */
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { Chat } from '../chat/chat.ts';
import { IdParams } from '../protocol/http-params.ts';
import { RecoveryCodes, TotpBody, TotpConfirmBody, TotpProof, TotpSecret, TotpState } from '../protocol/http-totp.ts';
import { perMinute } from './rate-limit.ts';
import { done, failing } from './schemas.ts';

export interface TotpOptions {
  chat: Chat;
  /** Passwords and codes that may be tried in a minute from one address. */
  loginsPerMinute: number;
}

export const totp: FastifyPluginAsyncTypebox<TotpOptions> = async (app, { chat, loginsPerMinute }) => {
  const tags = ['me'];
  const guessed = () => ({ rateLimit: perMinute(loginsPerMinute) });

  app.get(
    '/v1/me/totp',
    { schema: { tags, summary: 'Whether one logs in with a code', response: { 200: TotpState, ...failing } } },
    async (request) => chat.totp.state(request.caller),
  );

  app.post(
    '/v1/me/totp',
    {
      config: guessed(),
      schema: {
        tags,
        summary: 'A secret for an app that makes codes, told this once; it is asked for once a code confirmed it',
        body: TotpBody,
        response: { 201: TotpSecret, ...failing },
      },
    },
    async (request, reply) => reply.code(201).send(await chat.totp.begin(request.caller, request.body)),
  );

  app.post(
    '/v1/me/totp/confirm',
    {
      config: guessed(),
      schema: {
        tags,
        summary: 'Log in with a code from now on; the answer has the recovery codes, this once. Other sessions end',
        body: TotpConfirmBody,
        response: { 200: RecoveryCodes, ...failing },
      },
    },
    async (request) => chat.totp.confirm(request.caller, request.body.code),
  );

  app.post(
    '/v1/me/totp/recovery-codes',
    {
      config: guessed(),
      schema: {
        tags,
        summary: 'New recovery codes in place of those before',
        body: TotpProof,
        response: { 200: RecoveryCodes, ...failing },
      },
    },
    async (request) => chat.totp.renew(request.caller, request.body),
  );

  app.delete(
    '/v1/me/totp',
    {
      config: guessed(),
      schema: {
        tags,
        summary: 'Log in with the password alone again',
        body: TotpProof,
        response: { 204: done, ...failing },
      },
    },
    async (request, reply) => {
      await chat.totp.end(request.caller, request.body);
      return reply.code(204).send(null);
    },
  );

  app.delete(
    '/v1/users/:id/totp',
    {
      schema: {
        tags: ['users'],
        summary:
          'Let somebody log in without a code who lost their app; removes their passkeys, signs them out everywhere',
        params: IdParams,
        response: { 204: done, ...failing },
      },
    },
    async (request, reply) => {
      await chat.totp.reset(request.caller, request.params.id);
      return reply.code(204).send(null);
    },
  );
};
