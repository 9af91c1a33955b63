/**
 * The host's word for who is on its page: an id and an end under an HMAC of the secret that it shares with the server,
 * or a token that it signs. Either is good until its end and no longer: what leaks does not last.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Identity } from '../../protocol/http-visitors.ts';
import { MAX_TOKEN_LIFE_MS } from '../../protocol/limits.ts';
import { Refusal } from '../../protocol/refusal.ts';
import type { HostIdentity } from './host-token.ts';

export type HostIdentities = (identity: Identity, now: number) => HostIdentity;

/**
 * Gives the function that judges what the host says: an identity, or a `Refusal` that says what is wrong with it.
 *
 * @param secret what the host shares; absent: it shares none
 * @param hostToken judges a token of the host's; null: it signs none
 */
export function hostIdentities(
  secret: string | undefined,
  hostToken: ((token: string, now: number) => HostIdentity) | null,
): HostIdentities {
  return (identity, now) => {
    if ('token' in identity) {
      if (hostToken === null) throw wrong('The host signs no tokens here: set PARLEY_JWT_SECRET or another key.');
      return hostToken(identity.token, now);
    }
    const { externalId, exp, hmac } = identity;
    if (secret === undefined) throw wrong('The host shares no secret here: set PARLEY_JWT_SECRET.');
    // No JWT can be made to pass for this: what stands behind its dot is never digits alone.
    const right = createHmac('sha256', secret).update(`${externalId}.${exp}`).digest();
    if (!timingSafeEqual(right, Buffer.from(hmac, 'hex'))) throw wrong('The hmac is not that of externalId and exp.');
    const expiresAt = exp * 1000;
    if (expiresAt <= now) throw new Refusal('TOKEN_EXPIRED', { message: 'The identity has expired.' });
    if (expiresAt > now + MAX_TOKEN_LIFE_MS) throw wrong('The exp must lie within 400 days.');
    return { externalId, expiresAt, rooms: [] };
  };
}

function wrong(message: string): Refusal {
  return new Refusal('UNAUTHENTICATED', { message });
}
