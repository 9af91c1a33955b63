/** The OpenID provider by which the team signs in: the code flow with PKCE, `state` and `nonce`. */
import type { Configuration } from 'openid-client';
import type { Claims, Journey, OpenidProvider } from '../chat/people/openid.ts';
import type { Config } from '../config.ts';

/** Most installs have no provider: loaded when somebody signs in by one. */
const library = () => import('openid-client');

const TIMEOUT_S = 10;
const SCOPE = 'openid email profile';
const MAX_NAME_LENGTH = 200;

/** Null where none is set up. What the operator names is asked as it is, on a closed network too. */
export function createOpenidProvider(config: Config): OpenidProvider | null {
  const { oidcIssuer, oidcClientId, oidcClientSecret, oidcName, publicUrl } = config;
  if (oidcIssuer === undefined || oidcClientId === undefined || publicUrl === undefined) return null;
  const redirect = new URL('/v1/auth/openid/callback', publicUrl);
  let found: Promise<Configuration> | null = null;

  /** What the provider says of itself: asked for once, and again after a failure. */
  function discovered(): Promise<Configuration> {
    found ??= discover(oidcIssuer as string, oidcClientId as string, oidcClientSecret).catch((error) => {
      found = null;
      throw error;
    });
    return found;
  }

  return {
    name: oidcName,

    async addressFor({ state, nonce, verifier }: Journey): Promise<string> {
      const client = await library();
      return client.buildAuthorizationUrl(await discovered(), {
        redirect_uri: redirect.href,
        scope: SCOPE,
        state,
        nonce,
        code_challenge: await client.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
      }).href;
    },

    async claimsOf(query: string, { state, nonce, verifier }: Journey): Promise<Claims> {
      const client = await library();
      const known = await discovered();
      const tokens = await client.authorizationCodeGrant(known, new URL(`?${query}`, redirect), {
        expectedState: state,
        expectedNonce: nonce,
        pkceCodeVerifier: verifier,
        idTokenExpected: true,
      });
      const claims = tokens.claims();
      if (claims === undefined) throw new Error('the provider gave no ID token');
      // Many tell no more in the token than who it is.
      const told =
        claims.email === undefined && known.serverMetadata().userinfo_endpoint !== undefined
          ? await client.fetchUserInfo(known, tokens.access_token, claims.sub)
          : claims;
      const { email, email_verified: verified, name } = told;
      return {
        issuer: claims.iss,
        subject: claims.sub,
        email: typeof email === 'string' && verified === true ? email.toLowerCase() : null,
        name: typeof name === 'string' ? nameOf(name) : null,
      };
    },
  };
}

async function discover(issuer: string, id: string, secret: string | undefined): Promise<Configuration> {
  const client = await library();
  const how = secret === undefined ? client.None() : undefined;
  // The settings let only this machine be asked in the clear.
  const execute = issuer.startsWith('http:') ? [client.allowInsecureRequests] : [];
  return client.discovery(new URL(issuer), id, secret, how, { timeout: TIMEOUT_S, execute });
}

/** One line, as long as names may be. */
function nameOf(text: string): string | null {
  const line = text.replaceAll(/\p{Cc}+/gu, ' ').trim();
  return [...line].slice(0, MAX_NAME_LENGTH).join('') || null;
}
