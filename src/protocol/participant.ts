import { type Static, Type } from 'typebox';
import { Person } from './person.ts';
import { answered, nullable, ref } from './schema.ts';
import { Rev, SeqOrZero, Time } from './words.ts';

export const Participant = answered(
  'Participant',
  {
    user: ref(Person),
    joinedAt: Time,
    leftAt: nullable(Time),
    moderator: Type.Boolean(),
    rev: Rev,
    readSeq: SeqOrZero,
    readAt: nullable(Time),
    deliveredSeq: SeqOrZero,
  },
  'A user in a conversation. The three marks carry no rev.',
);
export type Participant = Static<typeof Participant>;
