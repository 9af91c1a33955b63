import { type Static, Type } from 'typebox';
import { answered, nullable } from './schema.ts';
import { Id, Time } from './words.ts';

/** A user, or the whole team as customers see it: one user. */
export const IdOrTeam = Type.Union([Id, Type.Literal('team')]);
export type IdOrTeam = Static<typeof IdOrTeam>;

export const PresenceState = Type.Enum(['online', 'away', 'offline']);
export type PresenceState = Static<typeof PresenceState>;

export const Presence = answered(
  'Presence',
  { id: IdOrTeam, state: PresenceState, lastSeenAt: nullable(Time) },
  'Whether somebody is there. To a customer the team is one user: team.',
);
export type Presence = Static<typeof Presence>;
