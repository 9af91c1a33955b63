import { type Static, Type } from 'typebox';
import { Limits } from './answers.ts';
import { Person } from './person.ts';
import { PresenceState } from './presence.ts';
import { answered, nullable, ref } from './schema.ts';
import { Time } from './words.ts';

/** GET /v1/widget/config: what a page may know before anybody has said who they are. */
export const WidgetConfig = answered('WidgetConfig', {
  look: Type.Record(Type.String(), Type.Unknown()),
  texts: Type.Record(Type.String(), Type.String()),
  limits: ref(Limits),
  open: Type.Boolean(),
  opensAt: nullable(Time),
  away: Type.String(),
  team: PresenceState,
  offered: Type.Array(ref(Person)),
  /** Whether to send what somebody is writing with `typing.set`: the team reads it then. */
  typingText: Type.Boolean(),
  pushKey: nullable(Type.String()),
});
export type WidgetConfig = Static<typeof WidgetConfig>;
