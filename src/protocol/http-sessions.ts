import { type Static, Type } from 'typebox';
import { nullable } from './schema.ts';
import { Id, Time } from './words.ts';

/** One of the caller's own credentials in use: where they are signed in. */
export const Session = Type.Object({
  id: Id,
  kind: Type.Enum(['visitor', 'login', 'token']),
  current: Type.Boolean(),
  createdAt: Time,
  expiresAt: Time,
  address: nullable(Type.String()),
  userAgent: nullable(Type.String()),
});
export type Session = Static<typeof Session>;
