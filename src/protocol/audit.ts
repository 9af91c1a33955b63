import { type Static, Type } from 'typebox';
import { PageProperties } from './http-query.ts';
import { PersonOrNull } from './person.ts';
import { answered, nullable, received } from './schema.ts';
import { Id, Time } from './words.ts';

/** What somebody of the team, or the host, did: kept when what it was done to is gone. */
export const AuditLine = answered(
  'AuditLine',
  {
    id: Id,
    at: Time,
    by: PersonOrNull,
    action: Type.String(),
    target: nullable(Type.Object({ type: Type.String(), id: Id })),
    details: Type.Record(Type.String(), Type.Unknown()),
    address: nullable(Type.String()),
  },
  'What was done, when and by whom; by: null is the host, by its API key, or the server itself.',
);
export type AuditLine = Static<typeof AuditLine>;

/** GET /v1/audit */
export const AuditQuery = received({
  user: Type.Optional(Id),
  action: Type.Optional(
    Type.String({ maxLength: 50, pattern: '^[a-zA-Z]+\\.[a-zA-Z]+$', description: 'an action such as user.block' }),
  ),
  ...PageProperties,
});
export type AuditQuery = Static<typeof AuditQuery>;
