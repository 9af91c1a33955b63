/**
 * Asks the bots. A conversation's turns are taken one after the other, from what is in the file: what a crash left
 * unanswered is found again at the start. Whoever ends a turn meanwhile (a person, the customer) ends the request.
 */
import type { OpenTurn, Turns } from '../../chat/bots/turns.ts';
import type { TurnPublication } from '../../chat/publication.ts';
import type { GuardedFetch } from '../guarded-fetch.ts';
import { type Asker, createAsker } from './asker.ts';
import { AGAIN_MS, untilWritten } from './until-written.ts';

export interface BotsParts {
  turns: Turns;
  fetch: GuardedFetch;
  /** Wall clock, ms. */
  now: () => number;
  /** 0 to 1 */
  random: () => number;
  /** A bot failed: by the id of its user, and why. */
  onFault: (botId: string, fault: string) => void;
  onError: (error: unknown) => void;
}

interface Run {
  /** Null while it is looked for. */
  turn: number | null;
  /** Whether any turn of the conversation came or ended while this was looked for. */
  changed: boolean;
  end: AbortController;
  done: Promise<void>;
}

export function createBotRunner(parts: BotsParts) {
  const { turns, now, onError } = parts;
  const runs = new Map<number, Run>();
  const stopping = new AbortController();
  const asker: Asker = createAsker(parts, stopping.signal);

  /** Takes the first open turn of a conversation, if nobody is at it. */
  function look(conversation: number): void {
    if (stopping.signal.aborted || runs.has(conversation)) return;
    const run: Run = { turn: null, changed: false, end: new AbortController(), done: Promise.resolve() };
    runs.set(conversation, run);
    run.done = takeFirst(conversation, run).then(
      (taken) => {
        runs.delete(conversation);
        if (taken) look(conversation);
      },
      (error) => {
        onError(error);
        runs.delete(conversation);
        setTimeout(() => look(conversation), AGAIN_MS).unref();
      },
    );
  }

  /** Gives whether there was one to take. */
  async function takeFirst(conversation: number, run: Run): Promise<boolean> {
    let turn: OpenTurn | null;
    do {
      run.changed = false;
      turn = await turns.first(conversation);
      if (turn === null || (await turns.how(turn.bot)) === null) turn = null;
    } while (run.changed);
    if (turn === null || stopping.signal.aborted) return false;
    run.turn = turn.turn;
    await take(turn, run.end);
    return true;
  }

  async function take(turn: OpenTurn, end: AbortController): Promise<void> {
    // What was begun and is still open was broken off, by a crash or because its end could not be written.
    if (turn.begun) {
      await turns.interrupt(turn);
      return turns.fail(turn);
    }
    const until = turn.state === 'deferred' ? turn.until : await asker.ask(turn, end);
    if (until === null || end.signal.aborted) return;
    await untilThen(until - now(), end.signal);
    if (!end.signal.aborted) await turns.fail(turn);
  }

  function told({ conversation, turn, state }: TurnPublication): void {
    const run = runs.get(conversation);
    if (run?.turn === null) run.changed = true;
    if (state === 'waiting') look(conversation);
    else if (state !== 'deferred' && state !== 'asked') {
      if (run?.turn === turn) run.end.abort();
      else look(conversation);
    }
  }

  const deaf = turns.onTurn((turn) => {
    try {
      told(turn);
    } catch (error) {
      onError(error);
    }
  });

  return {
    /** Settles what a crash broke off, and goes on with what is unanswered. */
    async start(): Promise<void> {
      for (const interrupt of await turns.brokenOff()) {
        if (!(await untilWritten(interrupt, stopping.signal))) return;
      }
      for (const turn of await turns.open()) look(turn.conversationKey);
    },

    /** Ends what is under way; the turns stay open in the file. */
    async stop(): Promise<void> {
      stopping.abort();
      deaf();
      for (const { end } of runs.values()) end.abort();
      await Promise.all([...runs.values()].map(({ done }) => done));
    },
  };
}

function untilThen(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const over = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', over);
      resolve();
    };
    const timer = setTimeout(over, Math.max(0, ms)).unref();
    signal.addEventListener('abort', over);
    if (signal.aborted) over();
  });
}
