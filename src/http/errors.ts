/** Every error as an answer: one shape, and nothing of the inside of the server in it. */
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import fp from 'fastify-plugin';
import { retryAfterSeconds, toHttpFailure } from '../protocol/http-failure.ts';
import { misshapen, Refusal } from '../protocol/refusal.ts';

/** What the server's own errors come to, by their code. */
const KNOWN = new Map<string, () => Refusal>([
  ['FST_ERR_CTP_INVALID_JSON_BODY', () => misshapen('', 'must be JSON', 'BAD_JSON')],
  ['FST_ERR_CTP_EMPTY_JSON_BODY', () => misshapen('', 'must be JSON', 'BAD_JSON')],
  ['FST_ERR_CTP_BODY_TOO_LARGE', () => new Refusal('TOO_LARGE')],
  ['FST_ERR_CTP_INVALID_MEDIA_TYPE', () => new Refusal('UNSUPPORTED_TYPE')],
  ['FST_ERR_CTP_INVALID_CONTENT_LENGTH', () => misshapen('Content-Length', 'must be the length of the body')],
  ['FST_ERR_MAX_PARAM_LENGTH', () => misshapen('url', 'must not name anything at such length')],
  ['FST_ERR_BAD_URL', () => misshapen('url', 'must be percent-encoded as URLs are')],
]);

/** Answers errors and unknown paths; what nobody expected is logged, once. */
export const errors = fp(async (app) => {
  app.setErrorHandler(answerError);
  app.setNotFoundHandler((_request, reply) => answer(reply, new Refusal('NOT_FOUND')));
});

/** For the server's options: errors from before there is a route to answer them. */
export function answerFrameworkError(error: FastifyError, request: FastifyRequest, reply: FastifyReply): void {
  answerError(error, request, reply);
}

function answerError(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const refusal = refusalOf(error);
  if (refusal.code === 'INTERNAL') request.log.error({ err: error, req: request }, 'a request failed');
  return answer(reply, refusal);
}

function refusalOf(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  const { code, statusCode } = error as Partial<FastifyError>;
  const known = KNOWN.get(code ?? '');
  if (known !== undefined) return known();
  // Whatever else the server itself finds wrong with a request, in its own words.
  const byRequest = statusCode !== undefined && statusCode >= 400 && statusCode < 500;
  const clientsFault = typeof code === 'string' && code.startsWith('FST_') && byRequest;
  return clientsFault ? misshapen('', 'is not a request that can be read') : new Refusal('INTERNAL');
}

function answer(reply: FastifyReply, refusal: Refusal): FastifyReply {
  const seconds = retryAfterSeconds(refusal);
  if (seconds !== null) reply.header('retry-after', String(seconds));
  if (refusal.status === 401) reply.header('www-authenticate', 'Bearer');
  return reply.code(refusal.status).type('application/json; charset=utf-8').send(toHttpFailure(refusal));
}
