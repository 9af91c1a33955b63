import { type Static, Type } from 'typebox';
import { Person } from './person.ts';
import { answered, nullable, ref } from './schema.ts';
import { Count, Time } from './words.ts';

const Duration = nullable(Count);

export const Stats = answered(
  'Stats',
  {
    messages: Count,
    byKind: Type.Object({ text: Count, file: Count, system: Count }),
    byRole: Type.Object({ user: Count, peer: Count, agent: Count, admin: Count, bot: Count }),
    byParticipant: Type.Array(Type.Object({ user: ref(Person), messages: Count })),
    firstAt: nullable(Time),
    lastAt: nullable(Time),
    firstResponseMs: Type.Optional(Duration),
    resolutionMs: Type.Optional(Duration),
  },
  'A conversation in numbers: its messages that are not deleted, by kind, by the role and by the one who wrote them (200 ' +
    'at most, most messages first), the first and the last. In support also how long the customer’s first message ' +
    'waited for a person, and how long it took until the conversation was closed.',
);
export type Stats = Static<typeof Stats>;
