/** Limits by address, for what strangers may do, over all servers. A route asks for one by its `config.rateLimit`. */
import fastifyRateLimit, { type FastifyRateLimitStore } from '@fastify/rate-limit';
import type { FastifyRequest } from 'fastify';
import fp from 'fastify-plugin';
import { addressKey } from '../chat/address.ts';
import { Recent } from '../chat/live/recent.ts';
import { Refusal } from '../protocol/refusal.ts';
import { limitedBy } from './address.ts';

const MINUTE_MS = 60_000;
/** Addresses that are known to have gone too far, of each route. */
const ADDRESSES = 20_000;

interface Counted {
  count: number;
  endsAt: number;
}

export interface RateLimitOptions {
  /** Where a route's requests are counted, for all servers. */
  countsOf: (route: string) => {
    /** One more of an address; `endsAt` (ms): when they are counted anew, `withinMs` after the first. */
    count(address: string, withinMs: number): Counted | Promise<Counted>;
  };
  /** Wall clock, ms. */
  now: () => number;
}

export const rateLimit = fp<RateLimitOptions>(async (app, { countsOf, now }) => {
  function storeOf(route: string): FastifyRateLimitStore {
    const counts = countsOf(route);
    // Whoever is refused by now costs the database nothing.
    const refusedUntil = new Recent<string, number>(ADDRESSES);
    const leftOf = (endsAt: number) => Math.max(1, endsAt - now());
    return {
      async incr(address, callback, windowMs, max) {
        const until = refusedUntil.get(address) ?? 0;
        if (until > now()) return callback(null, { current: max + 1, ttl: leftOf(until) });
        try {
          const { count, endsAt } = await counts.count(address, windowMs);
          if (count > max) refusedUntil.set(address, endsAt);
          callback(null, { current: count, ttl: leftOf(endsAt) });
        } catch (error) {
          callback(error as Error);
        }
      },
      child: childOf,
    };
  }
  const childOf: FastifyRateLimitStore['child'] = (given) => {
    const { routeInfo } = given as unknown as { routeInfo: { method: string | string[]; url: string } };
    return storeOf(`${routeInfo.method} ${routeInfo.url}`);
  };
  await app.register(fastifyRateLimit, {
    global: false,
    // It is called with `new`.
    store: function Counts() {
      return storeOf('all');
    } as unknown as NonNullable<Parameters<typeof fastifyRateLimit>[1]['store']>,
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
