/** Whoever takes too long to say what they want is cut off, and nobody else notices. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import t from 'tap';
import { startApp } from '../helper.ts';

const HEAD = 'POST /v1/visitors HTTP/1.1\r\nHost: here\r\nContent-Type: application/json\r\n';

interface Slow {
  /** What is said at once. */
  first: string;
  /** What follows, a piece each so many ms, for ever. */
  drip?: { piece: string; everyMs: number };
  /** When it must be over, s. */
  within: number;
}

/** The three cannot be told apart from a slow network at first: each is given its time, and no more. */
const cases: Record<string, Slow> = {
  'a connection that says nothing': { first: '', within: 8 },
  'half a header': { first: 'POST /v1/visitors HTTP/1.1\r\nHost: here\r\nContent-', within: 8 },
  'a header that comes a letter at a time': {
    first: 'GET /healthz HTTP/1.1\r\nHost: here\r\nX: ',
    drip: { piece: 'x', everyMs: 250 },
    within: 8,
  },
  'a body of one byte a second': {
    first: `${HEAD}Content-Length: 100\r\n\r\n{`,
    drip: { piece: ' ', everyMs: 1000 },
    within: 13,
  },
  'a body that never comes': { first: `${HEAD}Content-Length: 100\r\n\r\n`, within: 13 },
  'a body in pieces that never end': {
    first: `${HEAD}Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n`,
    drip: { piece: '1\r\n \r\n', everyMs: 500 },
    within: 13,
  },
  'an upgrade that is never finished': {
    first: 'GET /v1/ws HTTP/1.1\r\nHost: here\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-',
    within: 8,
  },
};

/** Says it, and gives what was answered until the server ended the connection. */
async function say(port: number, { first, drip }: Slow): Promise<{ answer: string; ms: number }> {
  const socket: Socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  const started = performance.now();
  socket.on('error', () => {});
  let answer = '';
  socket.setEncoding('utf8').on('data', (text) => {
    answer += text;
  });
  if (first !== '') socket.write(first);
  const dripping = drip && setInterval(() => socket.write(drip.piece), drip.everyMs);
  await once(socket, 'close');
  clearInterval(dripping);
  return { answer, ms: performance.now() - started };
}

t.test('who takes too long to ask is cut off', async (t) => {
  const app = await startApp(t);
  const port = Number(new URL(app.url).port);
  const slow = Object.entries(cases).map(async ([name, one]) => ({ name, one, ...(await say(port, one)) }));
  const all = Promise.all(slow);
  let [over, worst, asked] = [false, 0, 0];
  const done = all.then(() => (over = true));
  while (!over) {
    const before = performance.now();
    t.equal((await app.request('GET', '/healthz')).status, 200);
    worst = Math.max(worst, performance.now() - before);
    asked += 1;
    await Promise.race([done, new Promise((resolve) => setTimeout(resolve, 200))]);
  }
  for (const { name, one, answer, ms } of await all) {
    t.ok(ms < one.within * 1000, `${name}: over after ${Math.round(ms)} ms`);
    t.ok(answer === '' || answer.startsWith('HTTP/1.1 408 '), `${name}: ${answer.split('\r\n')[0]}`);
  }
  t.ok(asked > 10 && worst < 1000, `others are answered all the while, the slowest in ${Math.round(worst)} ms`);
});

t.test('a request that is slow and ends in time is answered', async (t) => {
  const app = await startApp(t);
  const socket = connect(Number(new URL(app.url).port), '127.0.0.1');
  t.teardown(() => socket.destroy());
  const body = '{"name":"Vera"}';
  socket.write(`${HEAD}Connection: close\r\nContent-Length: ${body.length}\r\n\r\n`);
  for (const letter of body) {
    socket.write(letter);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const [answer] = await once(socket.setEncoding('utf8'), 'data');
  t.match(answer, /^HTTP\/1\.1 201 /);
});
