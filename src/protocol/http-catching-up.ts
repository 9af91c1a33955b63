import { type Static, Type } from 'typebox';
import { IdsOrTeam } from './http-query.ts';
import { MAX_LONG_POLL_SECONDS, MAX_WATCHED_USERS } from './limits.ts';
import { received, withRule } from './schema.ts';
import { Count, Cursor, Epoch, Id, RevOrZero } from './words.ts';

/** GET …/sync; without `since` nothing is held. */
export const SyncQuery = withRule(
  received({ since: Type.Optional(RevOrZero), epoch: Type.Optional(Epoch) }),
  'epoch',
  'is required where since is above 0',
  ({ since = 0, epoch }) => since === 0 || epoch !== undefined,
);
export type SyncQuery = Static<typeof SyncQuery>;

/** GET /v1/changes; `wait` in seconds. */
export const ChangesQuery = received({
  cursor: Type.Optional(Cursor),
  wait: Type.Optional(Type.Integer({ minimum: 0, maximum: MAX_LONG_POLL_SECONDS })),
});
export type ChangesQuery = Static<typeof ChangesQuery>;

/** GET /v1/events; `view` may stand several times. */
export const EventsQuery = received({
  inbox: Type.Optional(Type.Boolean()),
  view: Type.Optional(Type.Array(Id, { maxItems: MAX_WATCHED_USERS })),
  presence: Type.Optional(IdsOrTeam),
});
export type EventsQuery = Static<typeof EventsQuery>;

/** GET /v1/unread */
export const UnreadAnswer = Type.Object({
  total: Count,
  conversations: Type.Array(Type.Object({ id: Id, unread: Count })),
  team: Type.Optional(Type.Object({ queue: Count, mine: Count })),
});
export type UnreadAnswer = Static<typeof UnreadAnswer>;
