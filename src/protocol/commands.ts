import { type Static, type TProperties, Type } from 'typebox';
import { Context } from './context.ts';
import { Draft } from './draft.ts';
import { MAX_HELD_CONVERSATIONS, MAX_MESSAGE_LENGTH, MAX_WATCHED_USERS } from './limits.ts';
import { IdOrTeam } from './presence.ts';
import { received, ref, withRule } from './schema.ts';
import { To } from './to.ts';
import { Content, Cursor, Epoch, Id, Rev, RevOrZero, Seq, SeqOrZero, Token } from './words.ts';

/** The client's own number of a request, any that JSON holds exactly; its answer carries it as `re`. */
export const RequestId = Type.Integer({ minimum: Number.MIN_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER });

/** The conversations whose messages a client holds, and up to which rev. */
const HeldRevs = Type.Record(Id, Rev, { maxProperties: MAX_HELD_CONVERSATIONS, additionalProperties: false });

function command<T extends string, P extends TProperties>(type: T, properties: P) {
  return received({ id: RequestId, type: Type.Literal(type), ...properties });
}

const conversationId = { conversationId: Id };
const messageId = { conversationId: Id, messageId: Id };

/** Every request of the WebSocket, by its type. */
export const commands = {
  hello: withRule(
    command('hello', {
      token: Type.Optional(Token),
      cursor: Type.Optional(Cursor),
      revs: Type.Optional(HeldRevs),
      inbox: Type.Optional(Type.Boolean()),
    }),
    'revs',
    'may only stand beside a cursor',
    ({ revs, cursor }) => revs === undefined || cursor !== undefined,
  ),
  'message.send': Type.Union([
    command('message.send', { ...conversationId, message: ref(Draft), ifSeq: Type.Optional(SeqOrZero) }),
    command('message.send', { to: ref(To), message: ref(Draft) }),
  ]),
  'message.edit': command('message.edit', { ...messageId, content: Content }),
  'message.delete': command('message.delete', messageId),
  'message.stop': command('message.stop', messageId),
  'conversation.read': command('conversation.read', { ...conversationId, seq: Seq }),
  'conversation.delivered': command('conversation.delivered', { ...conversationId, seq: Seq }),
  'conversation.view': command('conversation.view', { ...conversationId, viewing: Type.Boolean() }),
  'conversation.sync': withRule(
    command('conversation.sync', { ...conversationId, since: RevOrZero, epoch: Type.Optional(Epoch) }),
    'epoch',
    'is required where since is above 0',
    ({ since, epoch }) => since === 0 || epoch !== undefined,
  ),
  'typing.set': command('typing.set', {
    ...conversationId,
    on: Type.Boolean(),
    text: Type.Optional(Type.String({ maxLength: MAX_MESSAGE_LENGTH })),
  }),
  'presence.set': command('presence.set', {
    state: Type.Enum(['online', 'away']),
    context: Type.Optional(ref(Context)),
  }),
  'presence.watch': command('presence.watch', { userIds: Type.Array(IdOrTeam, { maxItems: MAX_WATCHED_USERS }) }),
  'inbox.watch': command('inbox.watch', { on: Type.Optional(Type.Boolean()) }),
  ping: command('ping', {}),
} as const;

export type CommandType = keyof typeof commands;
/** The request of one type: `RequestOf<'message.send'>`. */
export type RequestOf<T extends CommandType> = Static<(typeof commands)[T]>;
/** Any request of the WebSocket. */
export type Request = { [T in CommandType]: RequestOf<T> }[CommandType];
