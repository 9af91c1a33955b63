/** Signing in with a password or a link, refreshing, signing out. */
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { Chat } from '../chat/chat.ts';
import { LinkBody, LoginBody, RefreshBody, SessionAnswer } from '../protocol/http-auth.ts';
import { misshapen, Refusal } from '../protocol/refusal.ts';
import { originOf } from './address.ts';
import { perMinute } from './rate-limit.ts';
import { done, failing } from './schemas.ts';

export interface AuthOptions {
  chat: Chat;
  /** Attempts a minute from one address. */
  loginsPerMinute: number;
}

export const auth: FastifyPluginAsyncTypebox<AuthOptions> = async (app, { chat, loginsPerMinute }) => {
  const forAnybody = () => ({ auth: 'none' as const, rateLimit: perMinute(loginsPerMinute) });
  const response = { 200: SessionAnswer, ...failing };
  const tags = ['auth'];
  const security = [{}];

  app.post(
    '/v1/auth/login',
    {
      config: forAnybody(),
      schema: { tags, security, summary: 'Sign in with e-mail and password', body: LoginBody, response },
    },
    async (request) => {
      const { email, password, cookie } = request.body;
      if (cookie === true) throw misshapen('cookie', 'is not supported yet');
      return chat.sessions.login(email, password, originOf(request));
    },
  );

  app.post(
    '/v1/auth/refresh',
    {
      config: forAnybody(),
      schema: { tags, security, summary: 'A new access token for a refresh token', body: RefreshBody, response },
    },
    async (request) => {
      const { refreshToken } = request.body;
      if (refreshToken === undefined) throw new Refusal('UNAUTHENTICATED');
      return chat.sessions.refresh(refreshToken);
    },
  );

  app.post(
    '/v1/auth/link',
    {
      config: forAnybody(),
      schema: { tags, security, summary: 'Sign in with a one-use link', body: LinkBody, response },
    },
    async (request) => chat.sessions.useLink(request.body, originOf(request)),
  );

  app.post(
    '/v1/auth/logout',
    { schema: { tags, summary: 'End the session that asks', response: { 204: done, ...failing } } },
    async (request, reply) => {
      await chat.sessions.logout(request.caller);
      return reply.code(204).send(null);
    },
  );
};
