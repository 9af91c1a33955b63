/** A bot's turns, for whoever asks the bots: what is to be asked, what came of it, and what is told meanwhile. */
import { randomUUIDv7 } from 'node:crypto';
import type { Pending } from '../../db/pending.ts';
import type { BotRow, MessageRow, TurnRow, UserRow } from '../../db/rows.ts';
import type { Store } from '../../db/store.ts';
import type { Writer } from '../../db/writer.ts';
import type { Conversation } from '../../protocol/conversation.ts';
import type { Message } from '../../protocol/message.ts';
import type { Person } from '../../protocol/person.ts';
import { Refusal } from '../../protocol/refusal.ts';
import type { UserCaller } from '../caller.ts';
import type { Change } from '../change.ts';
import type { Publication, TurnPublication } from '../publication.ts';
import type { ConversationViews } from '../readings/conversation-views.ts';
import type { MessageViews } from '../readings/message-views.ts';
import type { Rows } from '../readings/rows.ts';
import type { Seal } from '../seal.ts';
import { personOfUser } from '../views.ts';
import { type BotAnswer, readBotAnswer, wholeAnswer } from './bot-answer.ts';
import type { Unkept } from './bot-text.ts';
import { type prepareBots, SEALED_FOR } from './bots.ts';
import type { ReplyTokens } from './reply-token.ts';
import type { Streams } from './streams.ts';
import type { Actions, TurnName } from './turn-change.ts';
import type { TurnReadings } from './turn-readings.ts';

/** How long a bot that answered 202 may take to answer at its `replyUrl`. */
export const DEFERRED_MS = 15 * 60 * 1000;
/** Of messages that wait for one answer, so many are told at most. */
const MAX_UNANSWERED = 50;

/** How a bot is asked, with its secrets in the clear. */
export type BotHow = Omit<BotRow, 'key' | 'secret'> & { key: string | null; secret: string | null; uuid: string };

/** Everything that a bot is told of its turn. */
export interface Question {
  conversation: Conversation;
  /** The newest that is to be answered; those before it that nobody has answered yet stand last in `history`. */
  message: Message;
  history: Message[];
  /** The texts that are to be answered. */
  unanswered: string[];
  customer: Person;
  replyUrl: string;
  /** The same whenever this turn is asked. */
  turnId: string;
}

/** A turn that is open. */
export interface OpenTurn extends TurnName {
  conversationKey: number;
  state: TurnRow['state'];
  /** Of one that answers later. */
  until: number | null;
  /** Its answer has begun. */
  begun: boolean;
}

/** A turn's streamed answer. `over`: somebody stopped, deleted or took over; there is nothing more to write. */
export interface Writing {
  id: string;
}

export type Turns = ReturnType<typeof createTurns>;

interface Parts {
  writer: Writer<Change, Publication>;
  readings: TurnReadings;
  bots: ReturnType<typeof prepareBots>;
  rows: Rows;
  views: { conversations: ConversationViews; messages: MessageViews };
  streams: Streams;
  seal: Seal;
  tokens: ReplyTokens;
  /** Has what is read by it see one state of everything. */
  reading: Store['reading'];
  /** Tells that somebody writes, or does no longer; what may be lost is lost in silence. */
  typing: (who: UserCaller, conversationId: string, on: boolean) => Promise<void>;
  now: () => number;
}

export function createTurns(parts: Parts) {
  const { writer, readings, rows, views, streams, seal, reading } = parts;
  const listeners = new Set<(turn: TurnPublication, elsewhere: boolean) => void>();
  let lookAnew = () => {};
  let baseUrl = () => '';

  async function named(turn: TurnRow): Promise<OpenTurn | null> {
    const conversation = await rows.conversation.get({ id: turn.conversation });
    if (conversation === undefined) return null;
    return {
      conversation: conversation.uuid,
      conversationKey: turn.conversation,
      turn: turn.id,
      bot: turn.bot,
      state: turn.state,
      until: turn.until,
      begun: turn.reply !== null,
    };
  }

  async function finish(
    { conversation, turn, bot }: TurnName,
    { id }: Writing,
    end: {
      content: string;
      state: 'stopped' | 'interrupted' | null;
      quickReplies?: string[] | null;
      actions?: Actions | null;
      failed?: boolean;
    },
  ): Promise<void> {
    const { content, state, quickReplies = null, actions = null, failed = false } = end;
    const change = { conversation, turn, bot, id, content, state, quickReplies, actions, failed };
    const pending: Pending<unknown> = writer.submit({ type: 'turn.finish', ...change });
    // Where it is refused the text stays, for `interrupt`.
    pending.settled(
      () => streams.end(id),
      () => {},
    );
    await pending;
  }

  /** It stands as interrupted, with what there is. Its turn stays open. */
  async function interrupt(message: MessageRow): Promise<void> {
    const { conversation, seq, uuid: id } = message;
    const [main, open] = await Promise.all([
      rows.conversation.get({ id: conversation }),
      readings.openOf.all({ conversation }),
    ]);
    if (main === undefined) return;
    const turn = open.find((one) => one.reply === seq);
    const name = { conversation: main.uuid, turn: turn?.id ?? 0, bot: turn?.bot ?? 0 };
    const [running, kept] = [streams.textOf(id) ?? '', message.content ?? ''];
    const content = running.length > kept.length ? running : kept;
    await finish(name, { id }, { content, state: 'interrupted', failed: true });
  }

  /** The whole answer; false when the turn is over. */
  async function answer(name: TurnName, said: BotAnswer, state: 'interrupted' | null): Promise<boolean> {
    const { text: content, quickReplies, actions } = said;
    const { conversation, turn, bot } = name;
    const change = { conversation, turn, bot, id: randomUUIDv7(), content, state, quickReplies, actions };
    return (await writer.submit<unknown>({ type: 'turn.answer', ...change })) !== null;
  }

  async function question(id: number, how: BotHow): Promise<Question | null> {
    const [turn, user] = await Promise.all([readings.byKey.get({ id }), rows.user.get({ id: how.id })]);
    const main = turn === undefined ? undefined : await rows.conversation.get({ id: turn.conversation });
    const customer = main?.customer == null ? undefined : await rows.user.get({ id: main.customer });
    if (turn === undefined || main === undefined || user === undefined || customer === undefined) return null;
    const { upTo } = turn;
    const before = (await readings.before.get({ conversation: main.id, upTo }))?.upTo ?? 0;
    const limit = how.history + Math.min(main.seq - before, MAX_UNANSWERED);
    const newest = await readings.history.all({ conversation: main.id, upTo: main.seq, limit });
    const told = await views.messages.show(newest.toReversed(), main.uuid);
    const isOpen = ({ seq, author }: Message) => seq > before && author?.id === customer.uuid;
    const unanswered = told.filter((one) => isOpen(one) && one.seq <= upTo);
    const message = unanswered.at(-1);
    if (message === undefined) return null;
    // Its answer to what was before stands behind what came in while it wrote: it has said that already.
    const earlier = [...told.filter((one) => !isOpen(one)), ...unanswered.slice(0, -1)];
    const { my: _, ...conversation } = await views.conversations.show(callerOf(user), main);
    return {
      conversation,
      message,
      history: earlier.slice(Math.max(0, earlier.length - Math.max(how.history, unanswered.length - 1))),
      unanswered: unanswered.map(({ content }) => content ?? ''),
      customer: personOfUser(customer),
      turnId: turn.uuid,
      replyUrl: `${baseUrl()}/v1/bots/replies/${parts.tokens.make(turn.uuid, parts.now() + DEFERRED_MS)}`,
    };
  }

  return {
    /** Where a `replyUrl` begins, once the server knows where it is reached. */
    reachedAt(url: () => string): void {
      baseUrl = url;
    },

    /**
     * @param listener is told whether another server wrote it too
     * @returns ends the listening
     */
    onTurn(listener: (turn: TurnPublication, elsewhere: boolean) => void): () => void {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },

    /** Called with each publication, in its place. */
    told(publication: Publication, elsewhere: boolean): void {
      if (publication.type === 'turn') for (const listener of listeners) listener(publication, elsewhere);
    },

    /** Has `look` called when turns of other servers may have been missed. */
    onMissed(look: () => void): void {
      lookAnew = look;
    },
    missed: (): void => lookAnew(),

    /** Keys of conversations in which a turn is open, or an answer is being written. */
    async unsettled(): Promise<Set<number>> {
      const [streaming, open] = await Promise.all([readings.streaming.all(), readings.open.all()]);
      return new Set([...streaming, ...open].map(({ conversation }) => conversation));
    },

    /** The first open turn of a conversation. */
    async first(conversation: number): Promise<OpenTurn | null> {
      const [turn] = await readings.openOf.all({ conversation });
      return turn === undefined ? null : named(turn);
    },

    /** How the bot is asked; null for one that answers by itself, as users do. */
    async how(bot: number): Promise<BotHow | null> {
      const found = await parts.bots.byKey.get({ id: bot });
      if (found === undefined) return null;
      const { key, secret } = found.bot;
      return {
        ...found.bot,
        uuid: found.user.uuid,
        key: key === null ? null : seal.open(key, SEALED_FOR.key),
        secret: secret === null ? null : seal.open(secret, SEALED_FOR.secret),
      };
    },

    /** Takes the turn; false when it is not its turn any more. */
    async begin({ conversation, turn, bot }: TurnName): Promise<boolean> {
      return (await writer.submit<true | null>({ type: 'turn.begin', conversation, turn, bot })) === true;
    },

    /** What the bot is told; null when there is nothing left to answer. */
    question: ({ turn: id }: TurnName, how: BotHow): Promise<Question | null> => reading(() => question(id, how)),

    /** Whether the bot is thinking, for who waits: until its answer begins. */
    async thinking({ conversation, turn, bot }: TurnName, on: boolean): Promise<void> {
      const [user, row] = await Promise.all([
        rows.user.get({ id: bot }),
        on ? readings.byKey.get({ id: turn }) : undefined,
      ]);
      if (user === undefined || (on && row?.reply !== null)) return;
      await parts.typing(callerOf(user), conversation, on);
    },

    /** The bot answers later; gives until when, or null when the turn is over. */
    async defer({ conversation, turn, bot }: TurnName): Promise<number | null> {
      const until = parts.now() + DEFERRED_MS;
      const done = await writer.submit<true | null>({ type: 'turn.defer', conversation, turn, bot, until });
      return done === null ? null : until;
    },

    answer,

    /** The answer begins; null when the turn is over. */
    async write({ conversation, conversationKey, turn, bot }: OpenTurn, content: string): Promise<Writing | null> {
      const id = randomUUIDv7();
      const change = { conversation, turn, bot, id, content, state: 'streaming' as const };
      streams.begin(id, conversationKey, conversation, content);
      const pending = writer.submit<unknown>({ type: 'turn.answer', ...change, quickReplies: null, actions: null });
      pending.settled(
        (value) => value === null && streams.end(id),
        () => streams.end(id),
      );
      return (await pending) === null ? null : { id };
    },

    /** Tells the piece that is new at the end of a text to who listens. */
    tell: ({ id }: Writing, text: string, piece: string): void => streams.append(id, text, piece),

    /** Keeps what there is; null when there is nothing more to write. */
    keep: ({ conversation, turn, bot }: TurnName, { id }: Writing, { from, more }: Unkept): Pending<true | null> =>
      writer.submit({ type: 'turn.text', conversation, turn, bot, id, from, more }),

    finish,

    /** Keeps all that there is, for whoever takes the turn next. */
    async leave({ conversation, turn, bot }: TurnName, { id }: Writing, text: string): Promise<void> {
      try {
        await writer.submit({ type: 'turn.text', conversation, turn, bot, id, from: 0, more: text });
      } finally {
        streams.end(id);
      }
    },

    /** There is nothing left to answer. */
    async drop({ conversation, turn, bot }: TurnName): Promise<void> {
      await writer.submit({ type: 'turn.drop', conversation, turn, bot });
    },

    /** The bot has failed: its fallback. */
    async fail({ conversation, turn, bot }: TurnName): Promise<void> {
      await writer.submit({ type: 'turn.fail', conversation, turn, bot, id: randomUUIDv7() });
    },

    /** Answers that a crash broke off in a conversation, before any is begun anew: they stand as interrupted. */
    async interruptAll(conversation: number): Promise<void> {
      for (const message of await readings.streamingIn.all({ conversation })) await interrupt(message);
    },

    /** A turn's answer that was broken off, if it is still being written by what the file says. */
    async interrupt({ turn: id }: TurnName): Promise<void> {
      const turn = await readings.byKey.get({ id });
      const message = turn && (await readings.message.get({ conversation: turn.conversation, seq: turn.reply }));
      if (message?.state === 'streaming') await interrupt(message);
    },

    /** The answer at a `replyUrl`. What is no such URL, or was, and is used or too old, is not found. */
    async answerLater(token: string, said: unknown): Promise<void> {
      const uuid = parts.tokens.read(token, parts.now());
      const turn = uuid === null ? undefined : await readings.openByUuid.get({ uuid });
      if (turn === undefined || turn.reply !== null || turn.state === 'waiting') throw new Refusal('NOT_FOUND');
      const { text, state, ...rest } = wholeAnswer(readBotAnswer(said));
      const name = await named(turn);
      if (name === null || !(await answer(name, { text, ...rest }, state))) throw new Refusal('NOT_FOUND');
    },
  };
}

/** The bot as one who reads. */
function callerOf({ id, uuid, role, anonymous }: UserRow): UserCaller {
  return { kind: 'user', id, uuid, role, anonymous, session: null, expiresAt: Number.MAX_SAFE_INTEGER, line: null };
}
