/** How one may sign in here, and signing in by an OpenID provider. */
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import type { Chat } from '../chat/chat.ts';
import { SessionAnswer } from '../protocol/http-auth.ts';
import { OpenidBody, OpenidSessionBody, OpenidUrl, SignInWays } from '../protocol/http-openid.ts';
import { originOf } from './address.ts';
import { perMinute } from './rate-limit.ts';
import { failing } from './schemas.ts';
import { sessionCookie } from './session-cookie.ts';

export interface OpenidOptions {
  chat: Chat;
  /** Attempts a minute from one address. */
  loginsPerMinute: number;
  publicUrl: string | undefined;
}

/** Providers add what they like. */
const Anything = Type.Object({});

export const openid: FastifyPluginAsyncTypebox<OpenidOptions> = async (app, { chat, loginsPerMinute, publicUrl }) => {
  const cookies = sessionCookie(publicUrl);
  const forAnybody = () => ({ auth: 'none' as const, rateLimit: perMinute(loginsPerMinute) });
  const tags = ['auth'];
  const security = [{}];

  app.get(
    '/v1/auth',
    {
      config: { auth: 'none' },
      schema: {
        tags,
        security,
        summary: 'By what one may sign in here, besides e-mail and password',
        response: { 200: SignInWays, ...failing },
      },
    },
    async () => chat.sessions.ways(),
  );

  app.post(
    '/v1/auth/openid',
    {
      config: forAnybody(),
      schema: {
        tags,
        security,
        summary: 'Where to send the browser, to sign in by the provider; the page keeps its secret for the way back',
        body: OpenidBody,
        response: { 200: OpenidUrl, ...failing },
      },
    },
    async (request) => ({ url: await chat.openid.begin(request.body.secret) }),
  );

  // For browsers that the provider sends back: always on to the console, whatever the address says.
  app.get(
    '/v1/auth/openid/callback',
    { config: forAnybody(), schema: { hide: true, querystring: Anything } },
    async (request, reply) => {
      const came = await chat.openid.comeBack(request.url.split('?', 2)[1] ?? '');
      const fragment = 'code' in came ? `openid=${came.code}` : `openid-failed=${came.failure}`;
      return reply.redirect(`${publicUrl}/console#${fragment}`, 303);
    },
  );

  app.post(
    '/v1/auth/openid/session',
    {
      config: forAnybody(),
      schema: {
        tags,
        security,
        summary: 'A session for the code that the way back brought, and the secret that the page has kept',
        body: OpenidSessionBody,
        response: { 200: SessionAnswer, ...failing },
      },
    },
    async (request, reply) => {
      const { code, secret, cookie } = request.body;
      const signIn = await chat.sessions.byOpenid(code, secret, originOf(request));
      return cookies.answer(request, reply, signIn, cookie);
    },
  );
};
