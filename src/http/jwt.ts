/** The JWT library in this server: one namespace for the server's own tokens, one for the host's. */
import fastifyJwt from '@fastify/jwt';
import type { FastifyInstance } from 'fastify';
import fp from 'fastify-plugin';
import type { HostKey } from '../chat/people/host-keys.ts';
import type { Claims, Jwt, JwtVerifier } from '../chat/people/jwt.ts';
import { OWN_KID } from '../chat/people/own-token.ts';

declare module '@fastify/jwt' {
  interface FastifyJWT {
    namespaces: 'own' | 'host';
  }
}

export interface JwtOptions {
  /** The key of the server's own tokens. */
  ownKey: string;
  hostKeys: readonly HostKey[];
}

// A cache would answer for a token after its key has changed, and failures must not be kept either.
const uncached = { cache: false, errorCacheTTL: -1 } as const;

export const jwt = fp<JwtOptions>(async (app, { ownKey, hostKeys }) => {
  await app.register(fastifyJwt, {
    namespace: 'own',
    secret: ownKey,
    sign: { algorithm: 'HS256', kid: OWN_KID },
    verify: { algorithms: ['HS256'], ...uncached },
  });
  const [first] = hostKeys;
  if (first === undefined) return;
  await app.register(fastifyJwt, {
    namespace: 'host',
    secret: { public: first.key },
    verify: { algorithms: [first.algorithm], ...uncached },
  });
});

/** What the rules need of it; the host's is null where the host signs no tokens. */
export function jwtOf(app: FastifyInstance): Jwt {
  const { own, host } = app.jwt as Partial<FastifyInstance['jwt']>;
  if (own === undefined) throw new Error('the plugin jwt must be registered first');
  const verifier = (namespace: typeof own): JwtVerifier => ({
    verify: (token, options) => namespace.verify<Claims>(token, { ...uncached, ...options }),
  });
  return {
    own: { sign: (claims) => own.sign(claims), ...verifier(own) },
    host: host === undefined ? null : verifier(host),
  };
}
