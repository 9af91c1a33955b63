import { type Static, Type } from 'typebox';
import { PageProperties } from './http-query.ts';
import { nullable, received } from './schema.ts';
import { Line, Time } from './words.ts';

const Scopes = Type.Array(
  Type.String({
    maxLength: 50,
    pattern: '^(\\*|[a-z-]+(:[a-z-]+)?)$',
    description: '* or a scope such as messages:write',
  }),
  { minItems: 1, maxItems: 50 },
);

/** POST /v1/api-keys */
export const ApiKeyBody = received({ name: Line(), scopes: Scopes, expiresAt: Type.Optional(nullable(Time)) });
export type ApiKeyBody = Static<typeof ApiKeyBody>;

/** PATCH /v1/api-keys/:id */
export const ApiKeyPatch = received({
  name: Type.Optional(Line()),
  scopes: Type.Optional(Scopes),
  expiresAt: Type.Optional(nullable(Time)),
});
export type ApiKeyPatch = Static<typeof ApiKeyPatch>;

/** GET /v1/api-keys */
export const ApiKeysQuery = received(PageProperties);
export type ApiKeysQuery = Static<typeof ApiKeysQuery>;
