import { type Static, type TSchema, Type } from 'typebox';
import { Conversation } from './conversation.ts';
import { Message } from './message.ts';
import { Participant } from './participant.ts';
import { answered, nullable, ref } from './schema.ts';
import { Cursor, Epoch, Id, Rev, RevOrZero, Seq, Time } from './words.ts';

/** Who had read up to where, and when: told in direct conversations. */
export const Read = answered('Read', { userId: Id, seq: Seq, at: Time }, 'Who had read up to where, and when.');
export type Read = Static<typeof Read>;

export const Sync = answered(
  'Sync',
  {
    epoch: Epoch,
    reset: Type.Boolean(),
    more: Type.Boolean(),
    rev: RevOrZero,
    conversation: ref(Conversation),
    participants: Type.Array(ref(Participant)),
    messages: Type.Array(ref(Message)),
    reads: Type.Optional(Type.Array(ref(Read))),
  },
  'What changed in a conversation since a rev, oldest change first; rev: where this page brings you. reset: forget what ' +
    'you hold of it, messages is its newest page.',
);
export type Sync = Static<typeof Sync>;

export const Changes = answered(
  'Changes',
  {
    epoch: Epoch,
    reset: Type.Boolean(),
    more: Type.Boolean(),
    cursor: Cursor,
    conversations: Type.Array(ref(Conversation)),
    removed: Type.Array(Id),
  },
  'The conversations changed since a cursor, as they are now, oldest change first; removed: may no longer be read, or are ' +
    'gone. reset: forget what is neither in conversations nor in synced.',
);
export type Changes = Static<typeof Changes>;

export const History = answered(
  'History',
  {
    epoch: Epoch,
    rev: Rev,
    items: Type.Array(ref(Message)),
    reads: Type.Optional(Type.Array(ref(Read))),
  },
  'Messages, ascending by seq. seq is dense: the next page is before the first or after the last.',
);
export type History = Static<typeof History>;

/** A page of a list; `next` is the cursor of the one after it, null when there is none. */
export function Page<S extends TSchema>(item: S) {
  return Type.Object({ items: Type.Array(item), next: nullable(Type.String()) });
}
export type Page<T> = { items: T[]; next: string | null };
