import { type Static, type TSchema, Type } from 'typebox';
import { CONTENT_PATTERN, CONTENT_RULE } from './content.ts';
import { HoursOrAlways } from './hours.ts';
import {
  MAX_AWAY_LENGTH,
  MAX_LOOK_BYTES,
  MAX_LOOKS,
  MAX_OFFERED,
  MAX_RETENTION_DAYS,
  MAX_SETTING_NAME_LENGTH,
  MAX_TEXT_LENGTH,
  MAX_TEXTS,
  MAX_TEXTS_BYTES,
} from './limits.ts';
import { answered, nullable, received, withRule } from './schema.ts';
import { Id, Line } from './words.ts';

const Words = (maxLength: number) => Type.String({ maxLength, pattern: CONTENT_PATTERN, description: CONTENT_RULE });

/** Who answers new support conversations of a queue at first: a bot, or a person; null: they wait. */
const FirstAssignee = { agent: nullable(Id), peer: nullable(Id) };

const Offered = withRule(
  Type.Array(Id, { maxItems: MAX_OFFERED }),
  '',
  'must be different ones',
  (ids) => new Set(ids.map((id) => id.toLowerCase())).size === ids.length,
);

const Look = inAll(
  Type.Record(Line(MAX_SETTING_NAME_LENGTH), Type.Unknown(), {
    maxProperties: MAX_LOOKS,
    additionalProperties: false,
  }),
  MAX_LOOK_BYTES,
);

const Texts = inAll(
  Type.Record(Line(MAX_SETTING_NAME_LENGTH), Words(MAX_TEXT_LENGTH), {
    maxProperties: MAX_TEXTS,
    additionalProperties: false,
  }),
  MAX_TEXTS_BYTES,
);

const SettingsProperties = {
  offered: Offered,
  retentionDays: nullable(Type.Integer({ minimum: 1, maximum: MAX_RETENTION_DAYS })),
  hours: HoursOrAlways,
  away: Words(MAX_AWAY_LENGTH),
  look: Look,
  texts: Texts,
  typingText: Type.Boolean(),
};

/** What the team's admins decide. */
export const Settings = answered(
  'Settings',
  { firstAssignee: Type.Object(FirstAssignee), ...SettingsProperties },
  'What admins decide. firstAssignee: who answers new conversations of a queue at first; offered: whom customers may ' +
    'choose; retentionDays: closed conversations older than that are deleted; hours: null is always open; ' +
    'typingText: whether the team reads what customers are writing before it is sent.',
);
export type Settings = Static<typeof Settings>;

/** PATCH /v1/settings: a property that is given replaces the one before; of firstAssignee each queue by itself. */
export const SettingsPatch = received({
  firstAssignee: Type.Optional(
    received({ agent: Type.Optional(FirstAssignee.agent), peer: Type.Optional(FirstAssignee.peer) }),
  ),
  offered: Type.Optional(SettingsProperties.offered),
  retentionDays: Type.Optional(SettingsProperties.retentionDays),
  hours: Type.Optional(SettingsProperties.hours),
  away: Type.Optional(SettingsProperties.away),
  look: Type.Optional(SettingsProperties.look),
  texts: Type.Optional(SettingsProperties.texts),
  typingText: Type.Optional(SettingsProperties.typingText),
});
export type SettingsPatch = Static<typeof SettingsPatch>;

function inAll<S extends TSchema>(schema: S, bytes: number) {
  return withRule(
    schema,
    '',
    `must be at most ${bytes} bytes of JSON in all`,
    (value) => new TextEncoder().encode(JSON.stringify(value)).length <= bytes,
  );
}
