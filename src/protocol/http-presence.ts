import { type Static, Type } from 'typebox';
import { Context } from './context.ts';
import { IdsOrTeam } from './http-query.ts';
import { Presence } from './presence.ts';
import { received, ref } from './schema.ts';

/** GET /v1/presence */
export const PresenceQuery = received({ users: IdsOrTeam });
export type PresenceQuery = Static<typeof PresenceQuery>;

export const PresenceAnswer = Type.Object({ users: Type.Array(ref(Presence)) });
export type PresenceAnswer = Static<typeof PresenceAnswer>;

/** PUT /v1/presence */
export const PresenceBody = received({
  state: Type.Enum(['online', 'away']),
  context: Type.Optional(ref(Context)),
});
export type PresenceBody = Static<typeof PresenceBody>;
