/** Limits by address, for what strangers may do. A route asks for one by its `config.rateLimit`. */
import fastifyRateLimit from '@fastify/rate-limit';
import type { FastifyRequest } from 'fastify';
import fp from 'fastify-plugin';
import { addressKey } from '../chat/address.ts';
import { Refusal } from '../protocol/refusal.ts';
import { limitedBy } from './address.ts';

const MINUTE_MS = 60_000;
/** Addresses that are counted at a time, each route apart. */
const ADDRESSES = 20_000;

export const rateLimit = fp(async (app) => {
  await app.register(fastifyRateLimit, {
    global: false,
    cache: ADDRESSES,
    keyGenerator: (request) => addressKey(request.ip),
    errorResponseBuilder: (_request, { ttl }) => new Refusal('RATE_LIMITED', { retryMs: ttl }),
  });
});

/**
 * So many a minute from one address.
 *
 * @param spares whom the limit does not bind, besides callers that are near
 */
export function perMinute(max: number, spares: (request: FastifyRequest) => boolean = () => false) {
  const allowList = (request: FastifyRequest) => limitedBy(request) === null || spares(request);
  return { max, timeWindow: MINUTE_MS, allowList };
}
