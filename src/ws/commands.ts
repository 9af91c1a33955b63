/**
 * Every command of the protocol but `hello`, each as one call of `chat/`. The type makes the table whole: a command
 * that the protocol has and this table lacks does not compile.
 */
import type { UserCaller } from '../chat/caller.ts';
import type { Live } from '../chat/live/live.ts';
import type { Marks } from '../chat/marks.ts';
import type { Messages, Told } from '../chat/messages.ts';
import type { Contexts } from '../chat/people/contexts.ts';
import type { Line } from '../hub/line.ts';
import type { Results } from '../protocol/answers.ts';
import type { CommandType, Request, RequestOf } from '../protocol/commands.ts';

/** What of `chat/` a connection calls. */
export interface Talk {
  messages: Messages;
  marks: Marks;
  contexts: Contexts;
  live: Live;
}

/** Who asks, and over what. */
export interface Asking {
  chat: Talk;
  caller: UserCaller;
  line: Line;
  /** Of the request that opened the line. */
  ip: string;
  userAgent: string | null;
}

/** An answer that comes at the moment of publishing. */
interface Outcome<V> {
  settled(done: (value: V) => void, failed: (error: Error) => void): void;
}

/** What a reading answers, and what is to be done right behind the answer. */
interface Reading<R> {
  result: R;
  after?: () => void;
}

type Spoken = Exclude<CommandType, 'hello'>;

/** Handed to the writer, in the order of arrival. Throws a `Refusal` for what is wrong in itself. */
interface Write<T extends Spoken> {
  write(
    asking: Asking,
    request: RequestOf<T>,
    done: (result: Results[T]) => void,
    failed: (error: Error) => void,
  ): void;
}

/** Answered by a reading or from memory. */
interface Read<T extends Spoken> {
  read(asking: Asking, request: RequestOf<T>): Promise<Reading<Results[T]>>;
}

type Commands = { [T in Spoken]: Write<T> | Read<T> };
export type Command = Write<Spoken> | Read<Spoken>;

const commands: Commands = {
  'message.send': write((asking, request) => {
    const { ip, userAgent, caller, chat } = asking;
    const where = 'to' in request ? { to: request.to } : { conversationId: request.conversationId };
    const ifSeq = 'ifSeq' in request && request.ifSeq !== undefined ? { ifSeq: request.ifSeq } : {};
    const context = chat.contexts.of(caller.id);
    const about = { ip, userAgent, ...ifSeq, ...(context === undefined ? {} : { context }) };
    return chat.messages.send(caller, where, request.message, about);
  }, told),
  'message.edit': write(
    ({ chat, caller }, { conversationId, messageId, content }) =>
      chat.messages.edit(caller, conversationId, messageId, content),
    told,
  ),
  'message.delete': write(
    ({ chat, caller }, { conversationId, messageId }) => chat.messages.delete(caller, conversationId, messageId),
    told,
  ),
  'message.stop': write(
    ({ chat, caller }, { conversationId, messageId }) => chat.messages.stop(caller, conversationId, messageId),
    told,
  ),
  'conversation.read': write(
    ({ chat, caller }, { conversationId, seq }) => chat.marks.read(caller, conversationId, seq),
    ({ readSeq, unread }) => ({ readSeq, unread }),
  ),
  'conversation.delivered': {
    read: async ({ chat, caller }, { conversationId, seq }) => {
      await chat.live.delivered.mark(caller, conversationId, seq);
      return { result: {} };
    },
  },
  'conversation.view': {
    read: async ({ chat, caller, line }, { conversationId, viewing }) => {
      await chat.live.viewers.view(caller, line, conversationId, viewing);
      return { result: {} };
    },
  },
  'conversation.sync': {
    read: async ({ chat, caller, line }, { conversationId, since, epoch }) => {
      const { sync, release } = await chat.live.sync(caller, line, conversationId, since, epoch);
      return { result: { sync }, after: release };
    },
  },
  'typing.set': {
    read: async ({ chat, caller }, { conversationId, on, text }) => {
      await chat.live.typing.set(caller, conversationId, on, text);
      return { result: {} };
    },
  },
  'presence.set': {
    read: async ({ chat, caller, line }, { state, context }) => {
      await chat.live.presence.set(caller, state, line, context);
      return { result: {} };
    },
  },
  'presence.watch': {
    read: async ({ chat, caller, line }, { userIds }) => ({
      result: { users: await chat.live.presence.watch(caller, line, userIds) },
    }),
  },
  'inbox.watch': {
    read: async ({ chat, caller, line }, { on }) => ({
      result: { counts: await chat.live.inbox.watch(caller, line, on ?? true) },
    }),
  },
  ping: { read: async ({ chat, caller, line }) => ({ result: { cursor: chat.live.cursorOf(caller, line) } }) },
};

// A Map, because the key comes from the other end: an object would answer to `constructor`.
const byType = new Map<string, Command>(Object.entries(commands) as [string, Command][]);

export function commandOf(type: Request['type']): Command {
  const command = byType.get(type);
  if (command === undefined) throw new Error(`${type} is not in the table of commands`);
  return command;
}

function write<T extends Spoken, V>(
  hand: (asking: Asking, request: RequestOf<T>) => Outcome<V>,
  tell: (value: V) => Results[T],
): Write<T> {
  return {
    write: (asking, request, done, failed) => {
      hand(asking, request).settled((value) => done(tell(value)), failed);
    },
  };
}

function told({ message, conversation }: Told): Results['message.send'] {
  return conversation === undefined ? { message } : { message, conversation };
}
