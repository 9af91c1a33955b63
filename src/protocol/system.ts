import { type Static, Type } from 'typebox';
import { Person, PersonOrNull } from './person.ts';
import { nullable, ref } from './schema.ts';
import { Time } from './words.ts';

/** What a system message tells. `joined` and `left` stand in rooms, `notice` is the host's own text, the rest in side conversations. */
export const System = Type.Union(
  [
    Type.Object({ code: Type.Enum(['joined', 'left']), user: ref(Person) }),
    Type.Object({ code: Type.Literal('assigned'), by: PersonOrNull, to: PersonOrNull }),
    Type.Object({ code: Type.Enum(['closed', 'reopened']), by: PersonOrNull }),
    Type.Object({
      code: Type.Literal('tags'),
      by: PersonOrNull,
      added: Type.Array(Type.String()),
      removed: Type.Array(Type.String()),
    }),
    Type.Object({ code: Type.Literal('snoozed'), by: PersonOrNull, until: nullable(Time) }),
    Type.Object({ code: Type.Enum(['bot_failed', 'merged', 'rated', 'notice']) }),
  ],
  { $id: 'System', description: 'What a system message tells.' },
);
export type System = Static<typeof System>;
