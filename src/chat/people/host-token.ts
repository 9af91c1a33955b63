/**
 * Tokens that the host signs. The library judges signature, algorithm, issuer and audience; everything that it lets
 * pass and that a chat must not believe is refused here, before anything is written.
 */

import { MAX_EMAIL_LENGTH, MAX_LINE_LENGTH, MAX_TOKEN_LIFE_MS } from '../../protocol/limits.ts';
import { isLine, lineRule } from '../../protocol/line.ts';
import { ROLES, type Role } from '../../protocol/person.ts';
import { Refusal } from '../../protocol/refusal.ts';
import type { HostKey } from './host-keys.ts';
import { type Claims, headerOf, type JwtVerifier } from './jwt.ts';

export interface HostTokenSettings {
  jwtIssuer?: string;
  jwtAudience?: string;
  jwtRoles: boolean;
  jwtRooms: boolean;
}

/** Who the host says it is. What the settings do not allow is left out. */
export interface HostIdentity {
  externalId: string;
  /** ms. */
  expiresAt: number;
  name?: string;
  email?: string;
  role?: Role;
  /** The host's ids of rooms to be joined. */
  rooms: string[];
}

/** How far two clocks may be apart, for times that lie in the past. */
const SKEW_MS = 5_000;
const MAX_ROOMS = 100;
const EMAIL = /^[^\s@]+@[^\s@]+$/;

/** Gives the function that judges a host's token: an identity, or a `Refusal` that says what is wrong with it. */
export function hostTokens(verifier: JwtVerifier, keys: readonly HostKey[], settings: HostTokenSettings) {
  const requiredClaims = ['exp', 'sub'];
  if (settings.jwtIssuer !== undefined) requiredClaims.push('iss');
  if (settings.jwtAudience !== undefined) requiredClaims.push('aud');

  return (token: string, now: number): HostIdentity => {
    const header = headerOf(token);
    if (header === null) throw wrong('is not one of ours, and no JWT');
    if ('crit' in header || 'b64' in header) throw wrong('must have neither crit nor b64 in its header');
    const failures: unknown[] = [];
    for (const { key, algorithm } of keysFor(keys, header.kid)) {
      try {
        const claims = verifier.verify(token, {
          key,
          algorithms: [algorithm],
          clockTimestamp: now,
          requiredClaims,
          ...(settings.jwtIssuer === undefined ? {} : { allowedIss: settings.jwtIssuer }),
          ...(settings.jwtAudience === undefined ? {} : { allowedAud: settings.jwtAudience }),
        });
        return identityIn(claims, now, settings);
      } catch (error) {
        if (error instanceof Refusal) throw error;
        failures.push(error);
      }
    }
    throw refusalOf(failures);
  };
}

/** A key set's key by its name, and else those without one; a set of one key needs no name. */
function keysFor(keys: readonly HostKey[], kid: unknown): readonly HostKey[] {
  const named = keys.filter((key) => key.kid !== null);
  const [only, ...others] = named;
  const fitting =
    kid === undefined ? (others.length === 0 && only ? [only] : []) : named.filter((key) => key.kid === kid);
  return fitting.length > 0 ? fitting : keys.filter((key) => key.kid === null);
}

/** The library's words name no value of the token's. */
function refusalOf(failures: readonly unknown[]): Refusal {
  const codes = failures.map((error) => (error as { code?: unknown }).code);
  if (codes.includes('FAST_JWT_EXPIRED')) return new Refusal('TOKEN_EXPIRED');
  if (codes.includes('FAST_JWT_INACTIVE')) return wrong('is not valid yet');
  const telling = failures.find((error) => /CLAIM/.test(String((error as { code?: unknown }).code)));
  return wrong(telling instanceof Error ? `is refused: ${telling.message}` : 'is not signed as the settings say');
}

function identityIn(claims: Claims, now: number, { jwtRoles, jwtRooms }: HostTokenSettings): HostIdentity {
  const { sub, exp, iat, name, email, role, rooms } = claims;
  if (typeof exp !== 'number' || !Number.isFinite(exp)) throw wrong('must have an exp that is a number');
  const expiresAt = Math.floor(exp * 1000);
  if (expiresAt <= now) throw new Refusal('TOKEN_EXPIRED');
  if (expiresAt > now + MAX_TOKEN_LIFE_MS) throw wrong('must end within 400 days');
  if (iat !== undefined && !(typeof iat === 'number' && iat * 1000 <= now + SKEW_MS)) {
    throw wrong('must have an iat in the past');
  }
  if (!isLine(sub)) throw wrong(`must have a sub: ${lineRule(MAX_LINE_LENGTH)}`);
  if (name !== undefined && !isLine(name)) throw wrong(`must have a name that is ${lineRule(MAX_LINE_LENGTH)}`);
  if (email !== undefined && !isEmail(email)) throw wrong('must have an email that is an e-mail address');
  return {
    externalId: sub,
    expiresAt,
    ...(name === undefined ? {} : { name }),
    ...(email === undefined ? {} : { email: email.toLowerCase() }),
    ...(jwtRoles && role !== undefined ? { role: roleIn(role) } : {}),
    rooms: jwtRooms && rooms !== undefined ? roomsIn(rooms) : [],
  };
}

function isEmail(value: unknown): value is string {
  return isLine(value) && value.length <= MAX_EMAIL_LENGTH && EMAIL.test(value);
}

/** Bots are made where they are set up. */
function roleIn(role: unknown): Role {
  const found = ROLES.find((known) => known === role && known !== 'bot');
  if (found === undefined) throw wrong('must have a role that is user, peer, agent or admin');
  return found;
}

function roomsIn(rooms: unknown): string[] {
  if (!Array.isArray(rooms) || rooms.length > MAX_ROOMS || !rooms.every(isLine)) {
    throw wrong(`must have rooms that are a list of at most ${MAX_ROOMS} ids`);
  }
  return rooms;
}

function wrong(what: string): Refusal {
  return new Refusal('UNAUTHENTICATED', { message: `The token ${what}.` });
}
