import { type Static, Type } from 'typebox';
import { answered, nullable, ref } from './schema.ts';
import { Id, Time } from './words.ts';

export const ROLES = ['user', 'peer', 'agent', 'admin', 'bot'] as const;
export const Role = Type.Enum([...ROLES]);
export type Role = Static<typeof Role>;

/** Somebody as others see them: never an e-mail address, an externalId or an address. */
export const Person = answered(
  'Person',
  {
    id: Id,
    name: nullable(Type.String()),
    role: Role,
    title: Type.Optional(Type.String()),
    avatar: Type.Optional(Type.String()),
  },
  'Somebody as others see them. A name of null: erased. The avatar is a path on this server.',
);
export type Person = Static<typeof Person>;

const MeProperties = {
  ...Person.properties,
  anonymous: Type.Boolean(),
  externalId: Type.Optional(Type.String()),
  email: Type.Optional(Type.String()),
  fields: Type.Record(Type.String(), Type.String()),
};

/** How somebody wants to be told of what they miss: by mail and by push unless they say no; `queue` if they say so. */
export const NotificationChoice = {
  mail: Type.Optional(Type.Boolean()),
  push: Type.Optional(Type.Boolean()),
  queue: Type.Optional(Type.Boolean()),
};

/** Somebody as they see themselves. */
export const Me = answered(
  'Me',
  { ...MeProperties, notifications: Type.Optional(Type.Object(NotificationChoice)) },
  'Somebody as they see themselves. notifications: what they chose of how they are told of what they miss.',
);
export type Me = Static<typeof Me>;

/** Somebody as the team sees them. */
export const User = answered(
  'User',
  {
    ...MeProperties,
    createdAt: Time,
    lastSeenAt: nullable(Time),
    blockedAt: nullable(Time),
    disabledAt: nullable(Time),
    secondFactor: Type.Optional(Type.Boolean()),
  },
  'Somebody as the team sees them. secondFactor: whether a login of the team asks for a code too; where users are read ' +
    'by an admin or the host.',
);
export type User = Static<typeof User>;

/** Who one may point at where nobody, or only the server, can stand: an assignee, an author, who did it. */
export const PersonOrNull = nullable(ref(Person));
