import { type Static, Type } from 'typebox';
import { answered, nullable } from './schema.ts';
import { Id, Time } from './words.ts';

/** A key with which a program acts for the host. */
export const ApiKey = answered(
  'ApiKey',
  {
    id: Id,
    name: Type.String(),
    scopes: Type.Array(Type.String()),
    createdAt: Time,
    lastUsedAt: nullable(Time),
    expiresAt: nullable(Time),
    key: Type.Optional(Type.String()),
  },
  'A key with which a program acts for the host. key: only in the answer that made it. The scope * is all.',
);
export type ApiKey = Static<typeof ApiKey>;
