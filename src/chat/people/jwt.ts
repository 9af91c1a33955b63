/** What the rules need of a JWT library. The HTTP floor hands it in: the plugin that does it belongs to its server. */
export interface JwtSigner {
  /** `iat` and `exp` (seconds) stand in the claims. */
  sign(claims: Claims): string;
}

export interface JwtVerifier {
  /** Gives the claims of a token that is signed by the key in that algorithm and not over, or throws. */
  verify(token: string, options: VerifyOptions): Claims;
}

export type Claims = Record<string, unknown>;

export interface VerifyOptions {
  key: string;
  algorithms: Algorithm[];
  /** ms. */
  clockTimestamp: number;
  requiredClaims: string[];
  allowedIss?: string;
  allowedAud?: string;
}

/** What a key is for, by the configuration; what a token says of itself is never asked. */
export type Algorithm = 'HS256' | 'RS256' | 'ES256' | 'EdDSA';

export interface Jwt {
  own: JwtSigner & JwtVerifier;
  /** Null: the host signs no tokens. */
  host: JwtVerifier | null;
}

/** A JWT's header, unverified; null when the text is no JWT. */
export function headerOf(token: string): Record<string, unknown> | null {
  const parts = token.split('.');
  if (parts.length !== 3) return null;
  try {
    const header: unknown = JSON.parse(Buffer.from(parts[0] as string, 'base64url').toString());
    return typeof header === 'object' && header !== null ? (header as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}
