/** What every line meets before it opens: whether there is room. Refused as ordinary HTTP, like a wrong origin before. */
import type { FastifyRequest } from 'fastify';
import { limitedAddress } from '../chat/address.ts';
import { Refusal } from '../protocol/refusal.ts';
import type { Admission, Place } from './admission.ts';

/** When whoever is one too many may come back. */
const TOO_MANY_RETRY_MS = 10_000;

/** Takes a place; the caller gives it back when the line's end is gone. Throws a `Refusal` where there is none. */
export function takePlace(request: FastifyRequest, admission: Admission): Place {
  const place = admission.enter(limitedAddress(request.ip, request.raw.socket.remoteAddress));
  if (place === 'full') throw new Refusal('OVERLOADED', { retryMs: TOO_MANY_RETRY_MS });
  if (place === 'address') throw tooMany();
  return place;
}

export function tooMany(): Refusal {
  return new Refusal('RATE_LIMITED', { message: 'There are too many open lines.', retryMs: TOO_MANY_RETRY_MS });
}

/** The token of an `Authorization: Bearer …` header; null without one. */
export function bearerOf(request: FastifyRequest): string | null {
  return /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1] ?? null;
}
