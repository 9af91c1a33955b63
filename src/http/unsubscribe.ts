/**
 * The link at the end of a mail. A look at it changes nothing, as mail programs look at links by themselves; its button,
 * and the one click of a mail program (RFC 8058), are a POST.
 */
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import type { Chat } from '../chat/chat.ts';
import { Refusal } from '../protocol/refusal.ts';
import { received } from '../protocol/schema.ts';
import { perMinute } from './rate-limit.ts';

const Query = received({ token: Type.String({ maxLength: 200 }) });
const A_MINUTE = 60;

const page = (text: string, more = '') =>
  `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">` +
  `<title>Mails</title><p>${text}</p>${more}</html>`;

export const unsubscribe: FastifyPluginAsyncTypebox<{ chat: Chat }> = async (app, { chat }) => {
  app.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string', bodyLimit: 1024 },
    (_request, _body, done) => done(null, undefined),
  );
  const config = { rateLimit: perMinute(A_MINUTE) };
  const schema = { hide: true, querystring: Query };

  app.get('/unsubscribe', { config, schema }, async (_request, reply) =>
    reply
      .type('text/html; charset=utf-8')
      .send(page('No more mails about new messages?', '<form method="post"><button>No more mails</button></form>')),
  );

  app.post('/unsubscribe', { config, schema }, async (request, reply) => {
    if (!(await chat.notices.unsubscribe(request.query.token))) throw new Refusal('NOT_FOUND');
    return reply.type('text/html; charset=utf-8').send(page('You get no more mails about new messages.'));
  });
};
