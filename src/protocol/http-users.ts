import { type Static, Type } from 'typebox';
import { Fields } from './fields.ts';
import { ClaimedPassword, NewPassword } from './http-auth.ts';
import { PageProperties } from './http-query.ts';
import { NotificationChoice } from './person.ts';
import { received, withRule } from './schema.ts';
import { Email, Line } from './words.ts';

/** PATCH /v1/me; a new password needs the one before it, and so does a new e-mail address of who has one. */
export const MePatch = withRule(
  received({
    name: Type.Optional(Line()),
    email: Type.Optional(Email),
    fields: Type.Optional(Fields),
    notifications: Type.Optional(received(NotificationChoice)),
    password: Type.Optional(NewPassword),
    currentPassword: Type.Optional(ClaimedPassword),
  }),
  'currentPassword',
  'is required beside password',
  ({ password, currentPassword }) => password === undefined || currentPassword !== undefined,
);
export type MePatch = Static<typeof MePatch>;

/** Bots are made where they are set up. */
const PersonRole = Type.Enum(['user', 'peer', 'agent', 'admin']);

const UserProperties = {
  externalId: Type.Optional(Line()),
  email: Type.Optional(Email),
  name: Type.Optional(Line()),
  role: Type.Optional(PersonRole),
  password: Type.Optional(NewPassword),
  disabled: Type.Optional(Type.Boolean()),
};

/** POST /v1/users */
export const UserBody = received(UserProperties);
export type UserBody = Static<typeof UserBody>;

/** PATCH /v1/users/:id */
export const UserPatch = received(UserProperties);
export type UserPatch = Static<typeof UserPatch>;

/** GET /v1/users/:id/export; files: with the bytes of attachments, as when it is absent. */
export const ExportQuery = received({ files: Type.Optional(Type.Boolean()) });
export type ExportQuery = Static<typeof ExportQuery>;

/** GET /v1/users */
export const UsersQuery = received({
  role: Type.Optional(Type.Enum(['user', 'peer', 'agent', 'admin', 'bot'])),
  externalId: Type.Optional(Line()),
  email: Type.Optional(Email),
  ...PageProperties,
});
export type UsersQuery = Static<typeof UsersQuery>;
