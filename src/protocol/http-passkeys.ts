import { type Static, Type } from 'typebox';
import { ClaimedPassword, LoginCode } from './http-auth.ts';
import { nullable, received } from './schema.ts';
import { Id, Line, Time } from './words.ts';

/** A key by which one signs in without a password. */
export const Passkey = Type.Object({ id: Id, name: Type.String(), createdAt: Time, usedAt: nullable(Time) });
export type Passkey = Static<typeof Passkey>;

/** What a browser's `navigator.credentials` is asked with, as JSON; of one use, for five minutes. */
export const PasskeyOptions = Type.Object({ options: Type.Record(Type.String(), Type.Unknown()) });
export type PasskeyOptions = Static<typeof PasskeyOptions>;

/** POST /v1/me/passkeys/begin; who has a password shows it, and a code where a login asks for one. */
export const PasskeyBeginBody = received({
  password: Type.Optional(ClaimedPassword),
  code: Type.Optional(LoginCode),
});
export type PasskeyBeginBody = Static<typeof PasskeyBeginBody>;

const Base64Url = (maxLength: number) => Type.String({ minLength: 1, maxLength, pattern: '^[A-Za-z0-9_-]+$' });
/** Bytes as Base64url: what WebAuthn lets a credential's name have, and what the rest comes to at most. */
const CredentialId = Base64Url(1400);
const Bytes = Base64Url(20_000);
const Credential = {
  id: CredentialId,
  rawId: CredentialId,
  type: Type.Enum(['public-key']),
  // The browser's own, whatever that may be: nothing of it is looked at.
  clientExtensionResults: Type.Optional(Type.Record(Type.String(), Type.Unknown(), { maxProperties: 20 })),
  authenticatorAttachment: Type.Optional(nullable(Type.String({ maxLength: 50 }))),
};

/** POST /v1/me/passkeys; response: the credential's `toJSON()`. */
export const PasskeyBody = received({
  name: Line(),
  response: received({
    ...Credential,
    response: received({
      clientDataJSON: Bytes,
      attestationObject: Bytes,
      authenticatorData: Type.Optional(Bytes),
      publicKey: Type.Optional(Bytes),
      publicKeyAlgorithm: Type.Optional(Type.Integer()),
      transports: Type.Optional(Type.Array(Type.String({ maxLength: 20 }), { maxItems: 10 })),
    }),
  }),
});
export type PasskeyBody = Static<typeof PasskeyBody>;

/** PATCH /v1/me/passkeys/:id */
export const PasskeyPatch = received({ name: Line() });

/** POST /v1/auth/passkey; response: the credential's `toJSON()`. */
export const PasskeySignInBody = received({
  response: received({
    ...Credential,
    response: received({
      clientDataJSON: Bytes,
      authenticatorData: Bytes,
      signature: Bytes,
      userHandle: Type.Optional(nullable(Base64Url(100))),
      attestationObject: Type.Optional(nullable(Bytes)),
    }),
  }),
  cookie: Type.Optional(Type.Boolean()),
});
export type PasskeySignInBody = Static<typeof PasskeySignInBody>;
