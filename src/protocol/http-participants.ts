import { type Static, Type } from 'typebox';
import { PageProperties } from './http-query.ts';
import { received, withRule } from './schema.ts';
import { Id, Line } from './words.ts';

/** POST …/participants, and each of the people that a room begins with. */
export const ParticipantBody = withRule(
  received(
    {
      userId: Type.Optional(Id),
      externalId: Type.Optional(Line()),
      name: Type.Optional(Line()),
      title: Type.Optional(Line()),
      moderator: Type.Optional(Type.Boolean()),
    },
    { $id: 'ParticipantBody' },
  ),
  'userId',
  'or externalId is required, one of the two',
  ({ userId, externalId }) => (userId === undefined) !== (externalId === undefined),
);
export type ParticipantBody = Static<typeof ParticipantBody>;

/** GET …/participants */
export const ParticipantsQuery = received(PageProperties);
export type ParticipantsQuery = Static<typeof ParticipantsQuery>;
