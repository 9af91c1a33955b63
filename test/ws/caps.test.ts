import t from 'tap';
import { startApp } from '../helper.ts';
import { openLine } from '../line.ts';
import { upgrade } from './raw-socket.ts';

const from = (address: string) => ({ headers: { 'x-forwarded-for': address } });
const refusedWith = (status: number) => ({ message: `the upgrade was answered ${status}` });

t.test("past the process's own cap the upgrade is refused with 503 and Retry-After", async (t) => {
  const app = await startApp(t, { maxSockets: 2 });
  const visitor = await app.visitor();
  const first = await openLine(t, app.url);
  const stream = await fetch(`${app.url}/v1/events`, { headers: { authorization: `Bearer ${visitor.token}` } });
  t.equal(stream.status, 200, 'a stream takes a place too');
  const error = await openLine(t, app.url).catch((reason) => reason);
  t.match(error, { ...refusedWith(503), response: { headers: { 'retry-after': '10' } } });
  const refused = await visitor.request('GET', 'events');
  t.match(refused, { status: 503, body: { code: 'OVERLOADED', retryMs: 10_000 } });
  first.socket.close();
  await first.closed;
  await stream.body?.cancel();
  await t.resolves(openLine(t, app.url), 'a place that was given back is taken again');
});

t.test('twenty lines of one address may be silent; who has said hello does not count', async (t) => {
  const app = await startApp(t, { trustProxy: ['127.0.0.1'] });
  const visitor = await app.visitor();
  const silent = [];
  for (let count = 0; count < 20; count += 1) silent.push(await openLine(t, app.url, from('203.0.113.7')));
  await t.rejects(openLine(t, app.url, from('203.0.113.7')), refusedWith(429), 'the 21st');
  await t.resolves(openLine(t, app.url, from('203.0.113.8')), 'another address');
  await silent[0]?.hello(visitor.token);
  await t.resolves(openLine(t, app.url, from('203.0.113.7')), 'one has spoken');
});

t.test('of IPv6 the /64 counts, however it is written', async (t) => {
  const app = await startApp(t, { trustProxy: ['127.0.0.1'], helloSocketsPerAddress: 3 });
  await openLine(t, app.url, from('2001:db8:1:2::1'));
  await openLine(t, app.url, from('2001:0db8:0001:0002:ffff:ffff:ffff:ffff'));
  await openLine(t, app.url, from('2001:DB8:1:2:0:0:192.0.2.1'));
  await t.rejects(openLine(t, app.url, from('2001:db8:1:2:3::')), refusedWith(429), 'the same /64');
  await t.resolves(openLine(t, app.url, from('2001:db8:1:3::1')), 'the next /64');
});

t.test('anonymous visitors of one address are bounded, named users are not', async (t) => {
  const app = await startApp(t, { trustProxy: ['127.0.0.1'], socketsPerAddress: 2 });
  const hello = async (token: string, address: string) => {
    const line = await openLine(t, app.url, from(address));
    return { line, answer: await line.call({ type: 'hello', token }) };
  };
  const visitors = [await app.visitor(), await app.visitor(), await app.visitor()];
  const [one, two, three] = visitors.map(({ token }) => token) as [string, string, string];
  const first = await hello(one, '203.0.113.7');
  t.match((await hello(two, '203.0.113.7')).answer, { type: 'welcome' });
  const refused = await hello(three, '203.0.113.7');
  t.match(refused.answer, { type: 'error', code: 'RATE_LIMITED', retryMs: Number });
  t.same(await refused.line.closed, { code: 4101, reason: '10000' });
  const named = await hello((await app.hostUser('ann')).token, '203.0.113.7');
  t.match(named.answer, { type: 'welcome' });
  named.line.socket.close();
  await named.line.closed;
  t.match(
    (await hello(three, '203.0.113.7')).answer,
    { code: 'RATE_LIMITED' },
    'a named user leaves no visitor’s place',
  );
  t.match((await hello(three, '203.0.113.8')).answer, { type: 'welcome' }, 'from elsewhere');
  first.line.socket.close();
  await first.line.closed;
  t.match((await hello(three, '203.0.113.7')).answer, { type: 'welcome' }, 'when one has gone');
});

t.test('a near peer for whom no trusted proxy speaks is not limited by its address', async (t) => {
  const app = await startApp(t, { helloSocketsPerAddress: 1, socketsPerAddress: 1 });
  // Nobody is believed who only says where they are.
  await openLine(t, app.url, from('203.0.113.7'));
  await openLine(t, app.url, from('203.0.113.7'));
  for (let count = 0; count < 3; count += 1) await (await app.visitor()).connect();
  t.pass('all were let in');
});

t.test("the socket beyond a user's twentieth is refused with 4101", async (t) => {
  const app = await startApp(t);
  const visitor = await app.visitor();
  const lines = [];
  for (let count = 0; count < 20; count += 1) lines.push(await visitor.connect());
  const line = await openLine(t, app.url);
  t.match(await line.call({ type: 'hello', token: visitor.token }), { type: 'error', code: 'RATE_LIMITED' });
  t.match(await line.event('bye'), { code: 4101, retryMs: 10_000 });
  t.same(await line.closed, { code: 4101, reason: '10000' });
  t.match(await visitor.request('GET', 'events'), { status: 429, body: { code: 'RATE_LIMITED' } });
  t.match(await lines[0]?.call({ type: 'ping' }), { type: 'ok' }, 'the others stay');
  lines[0]?.socket.close();
  await lines[0]?.closed;
  await t.resolves(visitor.connect(), 'when one has gone there is room');
});

t.test('a place is given back however its line ends', async (t) => {
  const app = await startApp(t, { maxSockets: 1, helloTimeoutMs: 200 });
  const ends: [string, () => Promise<unknown>][] = [
    ['by the client', async () => (await openLine(t, app.url)).socket.terminate()],
    ['by the deadline', async () => (await openLine(t, app.url)).closed],
    ['by a malformed frame', async () => (await upgrade(t, app.url)).socket.end(Buffer.from([0xff, 0xff]))],
    ['by a reset', async () => (await upgrade(t, app.url)).socket.resetAndDestroy()],
  ];
  for (const [name, end] of ends) {
    await end();
    await t.resolves(untilOpen(), name);
  }
  async function untilOpen(): Promise<void> {
    for (;;) {
      const line = await openLine(t, app.url).catch(() => null);
      if (line === null) continue;
      line.socket.close();
      await line.closed;
      return;
    }
  }
});
