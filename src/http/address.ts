/** Where requests come from, as far as limits and lists of sessions go. */
import type { FastifyRequest } from 'fastify';
import fp from 'fastify-plugin';
import { limitedAddress } from '../chat/address.ts';
import type { Origin } from '../chat/people/new-session.ts';

/** What the caller counts as for limits by address; null when they do not bind. */
export function limitedBy(request: FastifyRequest): string | null {
  return limitedAddress(request.ip, request.socket.remoteAddress);
}

export function originOf(request: FastifyRequest): Origin {
  return { address: request.ip, userAgent: request.headers['user-agent'] ?? null };
}

/** Says once that a proxy seems to stand in front that the settings do not name: everybody looks like one caller. */
export const proxyHint = fp<{ seen: () => void }>(async (app, { seen }) => {
  let said = false;
  app.addHook('onRequest', async (request) => {
    if (said || request.headers['x-forwarded-for'] === undefined || limitedBy(request) !== null) return;
    said = true;
    seen();
    request.log.warn('requests seem to come through a proxy: set PARLEY_TRUST_PROXY; until then no limits by address');
  });
});
