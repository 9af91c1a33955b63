import { type Static, Type } from 'typebox';
import { MAX_URL_LENGTH } from './limits.ts';
import { nullable, received } from './schema.ts';

const Endpoint = Type.String({
  maxLength: MAX_URL_LENGTH,
  pattern: '^https?://[^\\s/]\\S*$',
  description: 'the address of a push service',
});

/** POST /v1/me/push: what a browser's `PushSubscription.toJSON()` gives. */
export const PushBody = received({
  endpoint: Endpoint,
  expirationTime: Type.Optional(nullable(Type.Integer({ minimum: 0 }))),
  keys: received({
    p256dh: Type.String({ pattern: '^[A-Za-z0-9_-]{87}=?$', description: 'a public key of P-256 in Base64url' }),
    auth: Type.String({ pattern: '^[A-Za-z0-9_-]{22}(==)?$', description: '16 bytes in Base64url' }),
  }),
});
export type PushBody = Static<typeof PushBody>;

/** DELETE /v1/me/push */
export const PushGoneBody = received({ endpoint: Endpoint });
export type PushGoneBody = Static<typeof PushGoneBody>;
