/** The access token of a login: a JWT of the server's own, short-lived, good while its session's row lives. */
import { Refusal } from '../../protocol/refusal.ts';
import { headerOf, type JwtSigner, type JwtVerifier } from './jwt.ts';

const LIFE_MS = 15 * 60 * 1000;
const ISSUER = 'parley';
/** In the header: tells which key is asked, nothing more. */
export const OWN_KID = 'parley-own';

export interface OwnToken {
  /** UUIDs. */
  user: string;
  session: string;
  /** ms. */
  expiresAt: number;
}

export function isOwnToken(token: string): boolean {
  return headerOf(token)?.kid === OWN_KID;
}

/** @param at ms */
export function signOwnToken(jwt: JwtSigner, user: string, session: string, at: number): string {
  const iat = Math.floor(at / 1000);
  return jwt.sign({ iss: ISSUER, sub: user, sid: session, iat, exp: iat + LIFE_MS / 1000 });
}

/** @param key the server's own, as it was handed to the library */
export function readOwnToken(jwt: JwtVerifier, key: string, token: string, now: number): OwnToken {
  try {
    const { sub, sid, exp } = jwt.verify(token, {
      key,
      algorithms: ['HS256'],
      clockTimestamp: now,
      requiredClaims: ['iss', 'sub', 'sid', 'exp'],
      allowedIss: ISSUER,
    });
    const expiresAt = Number(exp) * 1000;
    if (!(expiresAt > now)) throw new Refusal('TOKEN_EXPIRED');
    return { user: String(sub), session: String(sid), expiresAt };
  } catch (error) {
    if (error instanceof Refusal) throw error;
    throw new Refusal((error as { code?: unknown }).code === 'FAST_JWT_EXPIRED' ? 'TOKEN_EXPIRED' : 'UNAUTHENTICATED');
  }
}
