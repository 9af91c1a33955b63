import type { Answer, Welcome } from '../../protocol/answers.ts';
import type { Event } from '../../protocol/events.ts';
import { type Verdict, verdictOfClose, verdictOfError } from './backoff.ts';
import { asParleyError, ParleyError } from './errors.ts';
import type { Ask, Asked, Line, LineOptions } from './line.ts';
import { createRequests } from './requests.ts';

/** How long a probe and the close after a `bye` may take, in milliseconds. */
const SOON_MS = 5000;

/**
 * The WebSocket line. It asks `ping` each heartbeat and is over after two without a frame: a half-open line tells
 * nothing by itself.
 */
export function openSocket({ url, tokens, clock, wishes, held, openMs, answerMs, handlers }: LineOptions): Line {
  let socket: WebSocket | undefined;
  let over = false;
  let missed = 0;
  /** The server ends a line over a longer frame, in bytes. */
  let maxFrame = Infinity;
  let farewell: Verdict | undefined;
  const timers = new Map<string, () => void>();

  const requests = createRequests(
    clock,
    (frame) => {
      if (over || socket?.readyState !== 1) throw new ParleyError('NETWORK');
      const text = JSON.stringify(frame);
      // Sent, it would end this line and each that follows: for as long as an outbox tries.
      if (new TextEncoder().encode(text).length > maxFrame) throw new ParleyError('TOO_LARGE');
      socket.send(text);
    },
    (asked, results) => {
      if (asked.type === 'hello') welcomed(results as Welcome);
      else if (!over) handlers.answered(asked, results, false);
    },
  );
  const ask = ((asked: Asked, ms = answerMs) => requests.call(asked, ms)) as Ask;

  function timer(name: string, ms: number, run: () => void): void {
    timers.get(name)?.();
    timers.set(name, clock.after(ms, run));
  }

  /** Ends the line without waiting for the other end, which may be gone. */
  function end(verdict: Verdict | undefined): void {
    if (over) return;
    over = true;
    for (const cancel of timers.values()) cancel();
    try {
      socket?.close(1000);
    } catch {
      // It never opened.
    }
    requests.failAll(new ParleyError('NETWORK'));
    if (verdict) handlers.closed(verdict);
  }

  let welcomeAgain = false;
  function welcomed(welcome: Welcome): void {
    timers.get('open')?.();
    maxFrame = welcome.limits.maxFrame;
    // The second is the answer to a new token: empty lists.
    if (!welcomeAgain) {
      const beat = () => {
        if (missed >= 2) end({ again: 'later', code: 'SILENT' });
        else {
          missed++;
          ping(welcome.heartbeatMs);
          timer('beat', welcome.heartbeatMs, beat);
        }
      };
      timer('beat', welcome.heartbeatMs, beat);
      welcomeAgain = true;
      handlers.welcome(welcome);
    }
  }

  function ping(ms: number): void {
    // What it answers is taken in its place; what it does not is counted.
    requests.call({ type: 'ping' }, ms).catch(() => {});
  }

  function receive(text: unknown): void {
    let frame: Answer | Event;
    try {
      frame = JSON.parse(String(text));
    } catch {
      end({ again: 'later', code: 'BAD_ANSWER' });
      return;
    }
    missed = 0;
    timers.get('probe')?.();
    if ('re' in frame) requests.answer(frame);
    else if (frame.type === 'bye') {
      farewell = verdictOfClose(frame.code, `${frame.retryMs}`);
      timer('bye', SOON_MS, () => end(farewell));
    } else handlers.event(frame);
  }

  async function hello(token: string): Promise<void> {
    try {
      const { cursor, revs } = held();
      // What is undefined does not get into the frame.
      await requests.call({ type: 'hello', token, cursor, revs, inbox: wishes.inbox || undefined } as Asked, openMs);
    } catch (error) {
      const { code, retryMs } = error as ParleyError;
      end(farewell ?? verdictOfError(code, retryMs));
    }
  }

  async function open(): Promise<void> {
    try {
      const token = await tokens.get();
      if (over) return;
      timer('open', openMs, () => end({ again: 'later', code: 'TIMEOUT' }));
      const own = new WebSocket(`${url.replace(/^http/, 'ws')}/v1/ws`, 'parley.v1');
      socket = own;
      own.onopen = () => void hello(token);
      own.onmessage = (message) => {
        if (!over) receive(message.data);
      };
      own.onerror = () => {};
      own.onclose = ({ code, reason }) => end(farewell ?? verdictOfClose(code, reason));
    } catch (error) {
      const { code, retryMs } = asParleyError(error);
      const verdict = verdictOfError(code, retryMs);
      // Without a token there is nothing to come back with.
      end(verdict.token ? { again: 'never', code } : verdict);
    }
  }

  void open();
  return {
    kind: 'ws',
    call: ask,
    wish() {},
    probe() {
      timer('probe', SOON_MS, () => end({ again: 'later', code: 'SILENT' }));
      ping(SOON_MS);
    },
    renew(token) {
      // Refused, the server closes the line with what to do.
      requests.call({ type: 'hello', token }, answerMs).catch(() => {});
    },
    close: () => end(undefined),
  };
}
