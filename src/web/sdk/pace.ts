import type { Clock } from './clock.ts';
import { asParleyError, isAboutToken, isForLater } from './errors.ts';
import type { Asked } from './line.ts';

/** A read or delivered mark, sent at most once a second for each conversation, and only upwards. */
export type Pace = {
  /** Wants the mark to be at `seq`, as soon as it may be sent. */
  want(conversationId: string, seq: number): void;
  /** Sends what could not be sent before: there is a line again. */
  resume(): void;
  stop(): void;
};

const EVERY_MS = 1000;

/** @param send sends a mark; its promise says whether it is settled (false: again when there is a line) */
export function createPace(clock: Clock, send: (conversationId: string, seq: number) => Promise<boolean>): Pace {
  /** What was sent last, what is wanted, whether it waits for a line, and what ends the second that has to pass. */
  type Mark = { sent: number; wanted: number; waits: boolean; cancel: (() => void) | undefined };
  const marks = new Map<string, Mark>();

  function go(id: string, mark: Mark): void {
    if (mark.cancel || mark.waits || mark.wanted <= mark.sent) return;
    const former = mark.sent;
    mark.sent = mark.wanted;
    mark.cancel = clock.after(EVERY_MS, () => {
      mark.cancel = undefined;
      go(id, mark);
    });
    void send(id, mark.sent).then((settled) => {
      if (settled) return;
      mark.sent = former;
      mark.waits = true;
    });
  }

  return {
    want(id, seq) {
      const mark = marks.get(id) ?? { sent: 0, wanted: 0, waits: false, cancel: undefined };
      marks.set(id, mark);
      mark.wanted = Math.max(mark.wanted, seq);
      mark.waits = false;
      go(id, mark);
    },
    resume() {
      for (const [id, mark] of marks) {
        mark.waits = false;
        go(id, mark);
      }
    },
    stop() {
      for (const mark of marks.values()) mark.cancel?.();
      marks.clear();
    },
  };
}

type Mark = 'conversation.read' | 'conversation.delivered';

/** The marks of one kind; what the server refuses is settled, what it did not hear, or not now, is told to it again. */
export function createMarks(clock: Clock, type: Mark, ask: (asked: Asked<Mark>) => Promise<unknown>): Pace {
  return createPace(clock, async (conversationId, seq) => {
    try {
      await ask({ type, conversationId, seq });
      return true;
    } catch (error) {
      const { code } = asParleyError(error);
      return !isForLater(code) && !isAboutToken(code);
    }
  });
}
