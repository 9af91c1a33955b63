/**
 * Asks the bots. A conversation's turns are taken one after the other, from what is in the store, by one server at a time:
 * what a crash left unanswered is found again at the start, or by another server at once. Whoever ends a turn meanwhile (a
 * person, the customer) ends the request.
 */
import type { OpenTurn, Turns } from '../../chat/bots/turns.ts';
import type { Duties, Duty } from '../../chat/duties.ts';
import type { TurnPublication } from '../../chat/publication.ts';
import type { GuardedFetch } from '../guarded-fetch.ts';
import { type Asker, createAsker } from './asker.ts';
import { AGAIN_MS } from './until-written.ts';

export interface BotsParts {
  turns: Turns;
  duties: Duties;
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
  /** Null while it is looked for, or is taken by another server. */
  turn: number | null;
  /** Whether any turn of the conversation came or ended while this was looked for. */
  changed: boolean;
  end: AbortController;
  duty: Duty | null;
  done: Promise<void>;
}

/** What is next for a conversation: nothing, another look at once, or one at a time (ms). */
type Next = 'nothing' | 'look' | { at: number };

export function createBotRunner(parts: BotsParts) {
  const { turns, duties, now, onError } = parts;
  const runs = new Map<number, Run>();
  let stopped = false;
  const asker: Asker = createAsker(parts);

  /**
   * Takes the first open turn of a conversation, if nobody is at it.
   *
   * @param settles whether an answer may have been broken off there
   */
  function look(conversation: number, settles = false): void {
    if (stopped || runs.has(conversation)) return;
    const run: Run = { turn: null, changed: false, end: new AbortController(), duty: null, done: Promise.resolve() };
    runs.set(conversation, run);
    run.done = goThrough(conversation, run, settles).then(
      (again) => {
        runs.delete(conversation);
        if (again) look(conversation);
      },
      (error) => {
        onError(error);
        runs.delete(conversation);
        setTimeout(() => look(conversation, true), AGAIN_MS).unref();
      },
    );
  }

  /** Gives whether to look again. */
  async function goThrough(conversation: number, run: Run, settles: boolean): Promise<boolean> {
    let next: Next = 'nothing';
    const duty = duties.hold(`bots of ${conversation}`, async (held, takenOver) => {
      next = await takeFirst(conversation, run, held, settles || takenOver);
    });
    run.duty = duty;
    await duty.done;
    return afterwards(next, run);
  }

  /** An answer that comes later is waited for without the duty: whoever is there by then fails it. */
  async function afterwards(next: Next, run: Run): Promise<boolean> {
    if (typeof next === 'object') await untilThen(next.at - now(), run.end.signal);
    return next !== 'nothing' || run.changed;
  }

  async function takeFirst(conversation: number, run: Run, held: AbortSignal, settles: boolean): Promise<Next> {
    run.turn = null;
    run.end = new AbortController();
    // Nobody else writes there now: what is still being written has been broken off.
    if (settles) await turns.interruptAll(conversation);
    let turn: OpenTurn | null;
    do {
      run.changed = false;
      turn = await turns.first(conversation);
      if (turn === null || (await turns.how(turn.bot)) === null) turn = null;
    } while (run.changed);
    if (turn === null || held.aborted) return 'nothing';
    run.turn = turn.turn;
    const { end } = run;
    held.addEventListener('abort', () => end.abort(), { once: true });
    return take(turn, end, held);
  }

  async function take(turn: OpenTurn, end: AbortController, held: AbortSignal): Promise<Next> {
    // What was begun and is still open was broken off, by a crash or because its end could not be written.
    if (turn.begun) await turns.interrupt(turn);
    const isLate = turn.state === 'deferred' && (turn.until ?? 0) <= now();
    if (turn.begun || isLate) {
      await turns.fail(turn);
      return 'look';
    }
    const at = turn.state === 'deferred' ? turn.until : await asker.ask(turn, end, held);
    return at === null ? 'look' : { at };
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

  async function start(): Promise<void> {
    for (const conversation of await turns.unsettled()) look(conversation, true);
  }

  function startAnew(): void {
    start().catch((error) => {
      onError(error);
      if (!stopped) setTimeout(startAnew, AGAIN_MS).unref();
    });
  }
  turns.onMissed(startAnew);

  return {
    /** Settles what a crash broke off, and goes on with what is unanswered. */
    start,

    /** Ends what is under way; the turns stay open in the store. */
    async stop(): Promise<void> {
      stopped = true;
      deaf();
      await Promise.all(
        [...runs.values()].map(async ({ duty, end, done }) => {
          end.abort();
          await duty?.end();
          await done;
        }),
      );
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
