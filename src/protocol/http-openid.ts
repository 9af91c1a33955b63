import { type Static, Type } from 'typebox';
import { nullable, received } from './schema.ts';
import { Token } from './words.ts';

/** GET /v1/auth; openid: what the team calls the provider. passkeys: whether there can be any. mail: whether a forgotten password is mailed a link. */
export const SignInWays = Type.Object({
  openid: nullable(Type.Object({ name: Type.String() })),
  passkeys: Type.Boolean(),
  mail: Type.Boolean(),
});
export type SignInWays = Static<typeof SignInWays>;

/** Random, of the page's own, and in no address: it shows that who comes back is who began. */
const PageSecret = Type.String({ minLength: 32, maxLength: 128 });

/** POST /v1/auth/openid */
export const OpenidBody = received({ secret: PageSecret });

export const OpenidUrl = Type.Object({ url: Type.String() });
export type OpenidUrl = Static<typeof OpenidUrl>;

/** POST /v1/auth/openid/session; code: of the fragment `openid=…`. */
export const OpenidSessionBody = received({
  code: Token,
  secret: PageSecret,
  cookie: Type.Optional(Type.Boolean()),
});
