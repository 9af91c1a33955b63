import { type Static, Type } from 'typebox';
import { Context } from './context.ts';
import { Fields } from './fields.ts';
import { Me } from './person.ts';
import { received, ref } from './schema.ts';
import { Email, Id, Line, Token } from './words.ts';

/** The host's word for who somebody is: a hex HMAC-SHA256 of `externalId + "." + exp` (Unix seconds), or its own JWT. */
export const Identity = Type.Union([
  received({
    externalId: Line(),
    exp: Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }),
    hmac: Type.String({ pattern: '^[0-9a-fA-F]{64}$', description: 'an HMAC-SHA256 in hexadecimal' }),
  }),
  received({ token: Token }),
]);
export type Identity = Static<typeof Identity>;

/** POST /v1/visitors */
export const VisitorBody = Type.Union([
  received({
    context: Type.Optional(ref(Context)),
    name: Type.Optional(Line()),
    email: Type.Optional(Email),
    fields: Type.Optional(Fields),
  }),
  received({ identity: Identity }),
]);
export type VisitorBody = Static<typeof VisitorBody>;

/** `merged`: the conversations that passed to the named user with this answer, where there were any. */
export const VisitorAnswer = Type.Object({
  user: ref(Me),
  token: Type.String(),
  merged: Type.Optional(Type.Array(Id)),
});
export type VisitorAnswer = Static<typeof VisitorAnswer>;
