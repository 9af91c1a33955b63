import { type Static, Type } from 'typebox';
import { Changes, Sync } from './catching-up.ts';
import type { CommandType } from './commands.ts';
import { Conversation } from './conversation.ts';
import { Counts } from './counts.ts';
import { CODES } from './errors.ts';
import { Message } from './message.ts';
import { Me } from './person.ts';
import { Presence } from './presence.ts';
import { answered, ref } from './schema.ts';
import { Count, Cursor, SeqOrZero, Time } from './words.ts';

/** Opens attachments that its user may read, and nothing else. */
export const Ticket = answered('Ticket', { value: Type.String(), expiresAt: Time });
export type Ticket = Static<typeof Ticket>;

/** What a client must obey. Lengths in code points, sizes in bytes. */
export const Limits = answered('Limits', {
  maxLength: Count,
  maxFrame: Count,
  maxFile: Count,
  maxFiles: Count,
  fileTypes: Type.Array(Type.String()),
  editWindowMs: Count,
});
export type Limits = Static<typeof Limits>;

export const Failure = answered(
  'Failure',
  {
    code: Type.Enum([...CODES]),
    message: Type.String(),
    retryMs: Type.Optional(Count),
    details: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
  },
  'Why not. The code is for programs and stays; the message is for people.',
);
export type Failure = Static<typeof Failure>;

const welcomed = {
  type: Type.Literal('welcome'),
  version: Type.String(),
  user: ref(Me),
  heartbeatMs: Count,
  limits: ref(Limits),
  ticket: ref(Ticket),
};

/** The answer to `hello`; `synced` by conversation id. */
export const Welcome = answered('Welcome', {
  ...welcomed,
  synced: Type.Record(Type.String(), ref(Sync)),
  ...Changes.properties,
});
export type Welcome = Static<typeof Welcome>;

/** The first event of an SSE stream: a welcome to one who has told nothing of what it holds. */
export const StreamWelcome = answered('StreamWelcome', { ...welcomed, ...Changes.properties });
export type StreamWelcome = Static<typeof StreamWelcome>;

/** `conversation`: whenever the event would carry it. */
const Sent = Type.Object({ message: ref(Message), conversation: Type.Optional(ref(Conversation)) });
const Done = Type.Object({});

/** What the `ok` to each request brings; `hello` is answered by `welcome` instead. */
export const results = {
  'message.send': Sent,
  'message.edit': Sent,
  'message.delete': Sent,
  'message.stop': Sent,
  'conversation.read': Type.Object({ readSeq: SeqOrZero, unread: Count }),
  'conversation.delivered': Done,
  'conversation.view': Done,
  'conversation.sync': Type.Object({ sync: ref(Sync) }),
  'typing.set': Done,
  'presence.set': Done,
  'presence.watch': Type.Object({ users: Type.Array(ref(Presence)) }),
  'inbox.watch': Type.Object({ counts: ref(Counts) }),
  ping: Type.Object({ cursor: Cursor }),
} as const satisfies Record<Exclude<CommandType, 'hello'>, ReturnType<typeof Type.Object>>;

export type Results = { [T in keyof typeof results]: Static<(typeof results)[T]> };

/** What a request of a type is answered with when it succeeds, without `re`. */
export type OkOf<T extends CommandType> = T extends keyof Results ? { type: 'ok' } & Results[T] : Welcome;

/** The one answer to a request; `re` is the request's id, null when that could not be read. */
export type Answer = { re: number | null } & (
  | Welcome
  | ({ type: 'ok' } & Results[keyof Results])
  | ({ type: 'error' } & Failure)
);
