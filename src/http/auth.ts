/** Signing in with a password or a link, refreshing, signing out. */
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Chat } from '../chat/chat.ts';
import type { SignIn } from '../chat/people/sessions.ts';
import {
  ChallengeAnswer,
  ForgotBody,
  InvitationAnswer,
  InvitationBody,
  LinkBody,
  LoginBody,
  RefreshBody,
  SecondFactorBody,
  SessionAnswer,
} from '../protocol/http-auth.ts';
import { Refusal } from '../protocol/refusal.ts';
import { originOf } from './address.ts';
import { perMinute } from './rate-limit.ts';
import { done, failing } from './schemas.ts';
import { sessionCookie } from './session-cookie.ts';

export interface AuthOptions {
  chat: Chat;
  /** Attempts a minute from one address. */
  loginsPerMinute: number;
  publicUrl: string | undefined;
}

export const auth: FastifyPluginAsyncTypebox<AuthOptions> = async (app, { chat, loginsPerMinute, publicUrl }) => {
  const cookies = sessionCookie(publicUrl);
  function answer(request: FastifyRequest, reply: FastifyReply, signIn: SignIn | ChallengeAnswer, inCookie = false) {
    if ('challenge' in signIn) return reply.code(202).send(signIn);
    return cookies.answer(request, reply, signIn, inCookie);
  }
  const forAnybody = () => ({ auth: 'none' as const, rateLimit: perMinute(loginsPerMinute) });
  const response = { 200: SessionAnswer, ...failing };
  const orChallenge = { 200: SessionAnswer, 202: ChallengeAnswer, ...failing };
  const tags = ['auth'];
  const security = [{}];

  app.post(
    '/v1/auth/login',
    {
      config: forAnybody(),
      schema: { tags, security, summary: 'Sign in with e-mail and password', body: LoginBody, response: orChallenge },
    },
    async (request, reply) => {
      const { email, password, cookie } = request.body;
      return answer(request, reply, await chat.sessions.login(email, password, originOf(request)), cookie);
    },
  );

  app.post(
    '/v1/auth/totp',
    {
      config: forAnybody(),
      schema: {
        tags,
        security,
        summary: 'The second half of a login that was answered with 202: its challenge and a code',
        body: SecondFactorBody,
        response,
      },
    },
    async (request, reply) => {
      const { cookie, ...body } = request.body;
      return answer(request, reply, await chat.sessions.secondFactor(body, originOf(request)), cookie);
    },
  );

  app.post(
    '/v1/auth/refresh',
    {
      config: forAnybody(),
      schema: { tags, security, summary: 'A new access token for a refresh token', body: RefreshBody, response },
    },
    async (request, reply) => {
      const { refreshToken } = request.body;
      if (refreshToken !== undefined) return chat.sessions.refresh(refreshToken);
      const kept = cookies.read(request);
      if (kept === undefined) throw new Refusal('UNAUTHENTICATED');
      try {
        return answer(request, reply, await chat.sessions.refresh(kept), true);
      } catch (error) {
        if (error instanceof Refusal && error.code === 'UNAUTHENTICATED') cookies.clear(request, reply);
        throw error;
      }
    },
  );

  app.post(
    '/v1/auth/link',
    {
      config: forAnybody(),
      schema: { tags, security, summary: 'Sign in with a one-use link', body: LinkBody, response: orChallenge },
    },
    async (request, reply) => {
      const { cookie, ...body } = request.body;
      return answer(request, reply, await chat.sessions.useLink(body, originOf(request)), cookie);
    },
  );

  app.post(
    '/v1/auth/forgot',
    {
      config: forAnybody(),
      schema: {
        tags,
        security,
        summary: 'Have a link for a new password mailed, if somebody logs in with that address',
        body: ForgotBody,
        response: { 204: done, ...failing },
      },
    },
    async (request, reply) => {
      chat.links.forgot(request.body.email);
      return reply.code(204).send(null);
    },
  );

  app.post(
    '/v1/invitations',
    {
      schema: {
        tags,
        summary: 'Invite somebody into the team; the answer has the link, this once',
        body: InvitationBody,
        response: { 201: InvitationAnswer, ...failing },
      },
    },
    async (request, reply) => reply.code(201).send(await chat.links.invite(request.caller, request.body)),
  );

  app.post(
    '/v1/auth/logout',
    { schema: { tags, summary: 'End the session that asks', response: { 204: done, ...failing } } },
    async (request, reply) => {
      await chat.sessions.logout(request.caller);
      if (cookies.read(request) !== undefined) cookies.clear(request, reply);
      return reply.code(204).send(null);
    },
  );
};
