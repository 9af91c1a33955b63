/**
 * Waiting for a bot's reply to a message: by the turn that covers it, which is in the file; so that the same message
 * waits for the same reply, over a restart too, and never asks the bot twice.
 */
import type { TurnRow } from '../../db/rows.ts';
import { BOT_TIMEOUT_MS } from '../../protocol/limits.ts';
import type { Message } from '../../protocol/message.ts';
import { Refusal } from '../../protocol/refusal.ts';
import type { MessageViews } from '../readings/message-views.ts';
import type { Rows } from '../readings/rows.ts';
import type { TurnReadings } from './turn-readings.ts';
import type { Turns } from './turns.ts';

/** A bot that fails at the end of its time is told as failed, not as late. */
const GRACE_MS = 1_000;

export interface Reply {
  reply: Message | null;
  handedOver?: true;
}

export function createReplies(turns: Turns, readings: TurnReadings, rows: Rows, views: MessageViews) {
  const waiting = new Set<() => void>();
  let stopped = false;

  async function outcome(turn: TurnRow, message: Message): Promise<Reply | null> {
    if (turn.state === 'failed') throw new Refusal('BOT_FAILED', { details: { message } });
    const row =
      turn.reply === null
        ? undefined
        : await readings.message.get({ conversation: turn.conversation, seq: turn.reply });
    const [reply = null] = row === undefined ? [] : await views.show([row], message.conversationId);
    if (turn.state === 'handed_over') return { reply: null, handedOver: true };
    if (turn.state !== 'answered') return null;
    const main = await rows.conversation.get({ id: turn.conversation });
    return { reply, ...(reply === null || main?.assignee !== turn.bot ? { handedOver: true as const } : {}) };
  }

  /** `promise` resolves when a turn is over, its time is, or nobody waits any more: by `over` too. */
  function settling(id: number, waitMs: number, signal: AbortSignal): { promise: Promise<void>; over: () => void } {
    const { promise, resolve } = Promise.withResolvers<void>();
    const over = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', over);
      waiting.delete(over);
      stop();
      resolve();
    };
    const stop = turns.onTurn(({ turn, state }) => {
      if (turn === id && ['answered', 'failed', 'handed_over'].includes(state)) over();
    });
    const timer = setTimeout(over, waitMs);
    signal.addEventListener('abort', over);
    waiting.add(over);
    if (stopped || signal.aborted) over();
    return { promise, over };
  }

  return {
    /**
     * What the bot answers to a message that was sent. Throws `NO_BOT`, `BOT_FAILED` or `BOT_LATE`, each with the
     * message, which is kept whatever comes of it.
     *
     * @param signal aborted when nobody waits for the answer any more
     */
    async to(message: Message, signal: AbortSignal): Promise<Reply> {
      const main = await rows.conversationByUuid.get({ uuid: message.conversationId });
      const covering = async () =>
        main === undefined ? undefined : readings.covering.get({ conversation: main.id, seq: message.seq });
      const first = await covering();
      const isCustomers = main?.kind === 'support' && message.author?.role === 'user';
      if (first === undefined || !isCustomers) throw new Refusal('NO_BOT', { details: { message } });
      const waitMs = ((await turns.how(first.bot))?.timeoutMs ?? BOT_TIMEOUT_MS) + GRACE_MS;
      const found = async () => {
        const last = await covering();
        return last === undefined ? null : outcome(last, message);
      };
      // Heard first and read then: what comes meanwhile is not waited for.
      const settled = settling(first.id, waitMs, signal);
      try {
        const ready = await found();
        if (ready !== null) return ready;
        await settled.promise;
      } finally {
        settled.over();
      }
      const last = await found();
      if (last !== null) return last;
      if (stopped) throw new Refusal('OVERLOADED', { message: 'The server is stopping.', details: { message } });
      throw new Refusal('BOT_LATE', { details: { message } });
    },

    /** Nobody waits any longer. */
    stop(): void {
      stopped = true;
      for (const over of [...waiting]) over();
    },
  };
}
