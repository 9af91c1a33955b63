/**
 * A plain WebSocket to the server, for tests: requests by their answer, events one by one, nothing is slept for. Every
 * frame that comes is judged by the protocol.
 */
import type { Test } from 'tap';
import WebSocket, { type ClientOptions } from 'ws';
import type { Body } from './helper.ts';
import { judgeLine } from './judge/line.ts';
import { noteWords } from './run-log.ts';
import { lineTo, pingedBehindAll } from './servers.ts';

const PATIENCE_MS = 10_000;

export interface TestLine {
  socket: WebSocket;
  /** Everything that arrived, in order. */
  frames: Body[];
  /** Sends a request and gives its answer, an error's too. */
  call(frame: object): Promise<Body>;
  /** Says hello and gives the welcome; throws when there is none. */
  hello(token: string, more?: object): Promise<Body>;
  /** The next event, arrived or to come, that was not taken before and matches a type or a test. */
  event(match: string | ((event: Body) => boolean)): Promise<Body>;
  /** Events that arrived and were not taken, after a ping has shown that nothing else is on its way. */
  rest(): Promise<Body[]>;
  closed: Promise<{ code: number; reason: string }>;
  send(text: string | Buffer): void;
}

/** Opens a line and waits until it is open; `closed` tells when it is not any more. */
export async function openLine(t: Test, url: string, options: ClientOptions = {}): Promise<TestLine> {
  const socket = new WebSocket(`${lineTo(url).replace(/^http/, 'ws')}/v1/ws`, 'parley.v1', options);
  const frames: Body[] = [];
  const untaken: Body[] = [];
  const waiting = new Set<() => void>();
  let lastId = 0;
  let welcome: Body = null;
  socket.on('message', (data) => {
    const frame = JSON.parse(String(data));
    frames.push(frame);
    untaken.push(frame);
    for (const look of [...waiting]) look();
  });
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    socket.on('close', (code, reason) => {
      resolve({ code, reason: String(reason) });
      for (const look of [...waiting]) look();
    });
  });
  socket.on('error', () => {});
  t.teardown(() => socket.terminate());

  const take = (matches: (frame: Body) => boolean, what: string): Promise<Body> =>
    new Promise((resolve, reject) => {
      const done = (settle: () => void) => {
        clearTimeout(timer);
        waiting.delete(look);
        settle();
      };
      const look = () => {
        const index = untaken.findIndex(matches);
        if (index >= 0) done(() => resolve(untaken.splice(index, 1)[0]));
        else if (socket.readyState === WebSocket.CLOSED)
          done(() => reject(new Error(`closed while waiting for ${what}`)));
      };
      const timer = setTimeout(() => {
        done(() => reject(new Error(`no ${what} in ${PATIENCE_MS} ms; there is ${JSON.stringify(untaken)}`)));
      }, PATIENCE_MS);
      waiting.add(look);
      look();
    });

  const call = async (frame: object): Promise<Body> => {
    lastId += 1;
    const id = lastId;
    noteWords(frame);
    socket.send(JSON.stringify({ id, ...frame }));
    return take((answer) => answer.re === id, `answer to ${JSON.stringify(frame).slice(0, 200)}`);
  };

  const line: TestLine = {
    socket,
    frames,
    closed,
    call,
    hello: async (token, more = {}) => {
      welcome = await call({ type: 'hello', token, ...more });
      if (welcome.type !== 'welcome') throw new Error(`no welcome: ${JSON.stringify(welcome)}`);
      return welcome;
    },
    event: (match) => {
      const matches = typeof match === 'string' ? (event: Body) => event.type === match : match;
      return take((frame) => frame.re === undefined && matches(frame), `event ${String(match)}`);
    },
    rest: async () => {
      await pingedBehindAll(url, () => call({ type: 'ping' }));
      return untaken.splice(0).filter((frame) => frame.re === undefined);
    },
    send: (data) => socket.send(data),
  };
  judgeLine(socket, (problem) => t.fail(problem));
  await new Promise<void>((resolve, reject) => {
    socket.once('open', () => resolve());
    socket.once('error', reject);
    socket.once('unexpected-response', (_request, response) => {
      reject(Object.assign(new Error(`the upgrade was answered ${response.statusCode}`), { response }));
    });
  });
  return line;
}
