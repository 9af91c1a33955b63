/** Asks one bot for one answer: retries, the breaker, and at the end the answer or the fallback. */
import { setTimeout as pause } from 'node:timers/promises';
import type { BotHow, OpenTurn, Question } from '../../chat/bots/turns.ts';
import type { OutboundAnswer } from '../outbound-answer.ts';
import { OutboundError } from '../outbound-error.ts';
import { askingOf } from './ask.ts';
import { BotFault } from './bot-fault.ts';
import type { BotsParts } from './bots.ts';
import { createBreaker } from './breaker.ts';
import { breathMs } from './breath.ts';
import { Keeper } from './keeper.ts';
import { Lane } from './lane.ts';
import { AnswerPieces, ModelPieces } from './read-answer.ts';
import type { ToolCalls } from './tools.ts';
import { writeAnswer } from './write-answer.ts';

/** More often than a typing ends by itself. */
const THINKING_EVERY_MS = 4_000;
const MAX_TRIES = 3;
const FIRST_PAUSE_MS = 500;
/** Requests under way to one bot. */
const MAX_ASKED = 256;
/** Of an answer, after decompression: 10,000 characters as a stream of tokens, each in its own object. */
const MAX_ANSWER_BYTES = 8 * 1024 * 1024;

export interface Asker {
  /**
   * Gives until when (ms) the bot may answer later; null: the turn is settled, or is for whoever takes it next.
   *
   * @param held aborted when that is so
   */
  ask(turn: OpenTurn, end: AbortController, held: AbortSignal): Promise<number | null>;
}

interface Asked {
  turn: OpenTurn;
  how: BotHow;
  question: Question;
  end: AbortController;
  held: AbortSignal;
}

export function createAsker({ turns, fetch, now, random, onFault }: BotsParts): Asker {
  const breaker = createBreaker(() => performance.now());
  const lanes = new Map<number, Lane>();
  const keeper = new Keeper();
  let writing = 0;
  const breath = () => breathMs(writing);

  function laneOf(bot: number): Lane {
    const lane = lanes.get(bot) ?? new Lane(MAX_ASKED);
    lanes.set(bot, lane);
    return lane;
  }

  async function once({ turn, how, question, end, held }: Asked, leftMs: number) {
    const deadline = performance.now() + leftMs;
    const ask = (taken?: ToolCalls) => {
      const { url, headers, body } = askingOf(how, question, now(), taken);
      const timeoutMs = Math.max(1, Math.ceil(deadline - performance.now()));
      const bounds = { timeoutMs, maxBytes: MAX_ANSWER_BYTES, signal: end.signal };
      return fetch(url, { method: 'POST', headers, body, ...bounds }).catch(unreachable);
    };
    const answer = await ask();
    if (answer.status === 202 && how.engine === 'webhook') {
      answer.discard();
      return turns.defer(turn);
    }
    checkStatus(answer);
    const pieces =
      how.engine === 'openai' && how.actions
        ? new ModelPieces(answer, breath, async (taken) => checkStatus(await ask(taken)))
        : new AnswerPieces(answer, breath);
    writing += 1;
    try {
      await writeAnswer(turns, turn, pieces, { keeper, signal: end.signal, held, over: () => end.abort() });
    } finally {
      writing -= 1;
    }
    return null;
  }

  /** Tries as often as it helps and the bot's time allows. */
  async function tryAll(asked: Asked) {
    const { how, end } = asked;
    const deadline = performance.now() + how.timeoutMs;
    for (let tries = 1; ; tries += 1) {
      try {
        return await once(asked, Math.ceil(deadline - performance.now()));
      } catch (error) {
        const pauseMs = FIRST_PAUSE_MS * 4 ** (tries - 1) * (0.8 + 0.4 * random());
        const inTime = performance.now() + pauseMs < deadline;
        if (tries === MAX_TRIES || !inTime || !mayHelp(error)) throw error;
        await pause(pauseMs, undefined, { signal: end.signal });
      }
    }
  }

  /** May be lost. */
  const think = (turn: OpenTurn, on: boolean): Promise<void> => turns.thinking(turn, on).catch(() => {});

  return {
    async ask(turn, end, held) {
      const how = await turns.how(turn.bot);
      if (how === null || !(await turns.begin(turn))) return null;
      const question = await turns.question(turn, how);
      if (question === null) {
        await turns.drop(turn);
        return null;
      }
      await think(turn, true);
      const thinking = setInterval(() => void think(turn, true), THINKING_EVERY_MS).unref();
      try {
        if (!breaker.lets(turn.bot)) throw new BotFault('it has failed too often, and is left alone for a while');
        const until = await laneOf(turn.bot).within(() => tryAll({ turn, how, question, end, held }));
        breaker.succeeded(turn.bot);
        return until;
      } catch (error) {
        if (end.signal.aborted) return null;
        if (!(error instanceof BotFault) && !(error instanceof OutboundError)) throw error;
        breaker.failed(turn.bot);
        onFault(how.uuid, error.message);
        await turns.fail(turn);
        return null;
      } finally {
        clearInterval(thinking);
        await think(turn, false);
      }
    },
  };
}

function checkStatus(answer: OutboundAnswer): OutboundAnswer {
  const { status } = answer;
  if (status >= 200 && status < 300) return answer;
  answer.discard();
  throw new BotFault(`it answered with status ${status}`, { again: status >= 500 || status === 429 });
}

/** Nobody there, or the connection broke before there was an answer: it may be there a moment later. */
function unreachable(error: unknown): never {
  if (!(error instanceof OutboundError) || error.fault !== 'connection') throw error;
  throw new BotFault(error.message, { again: true, cause: error });
}

/** A connection that failed, or a server in trouble: nothing of an answer was seen. */
function mayHelp(error: unknown): boolean {
  return error instanceof BotFault && error.again;
}
