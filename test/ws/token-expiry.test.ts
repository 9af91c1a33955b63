import t from 'tap';
import { startApp } from '../helper.ts';

t.test('a token that ends while its line is open ends the line with 4002', async (t) => {
  let now = Date.now();
  const app = await startApp(t, { heartbeatMs: 100 }, { now: () => now });
  const key = await app.key('tokens');
  const made = await key.request('POST', 'tokens', { externalId: 'ann', expiresIn: 60 });
  const ann = app.actor(made.body.token, made.body.user);
  const line = await ann.connect();
  const stream = await fetch(`${app.url}/v1/events`, { headers: { authorization: `Bearer ${ann.token}` } });
  now += 59_000;
  t.match(await line.call({ type: 'ping' }), { type: 'ok' });
  now += 1_000;
  t.same(await line.closed, { code: 4002, reason: '' });
  t.match(line.frames.at(-1), { type: 'bye', code: 4002, retryMs: 0 });
  t.match(await stream.text(), /data: \{"type":"bye","code":4002,"retryMs":0\}\n\n$/, 'a stream alike');
});

t.test('a new token in time keeps the line open', async (t) => {
  let now = Date.now();
  const app = await startApp(t, { heartbeatMs: 100 }, { now: () => now });
  const key = await app.key('tokens');
  const token = async (expiresIn: number) =>
    (await key.request('POST', 'tokens', { externalId: 'ann', expiresIn })).body;
  const first = await token(60);
  const line = await app.actor(first.token, first.user).connect();
  const { token: second } = await token(600);
  t.match(await line.call({ type: 'hello', token: second }), { type: 'welcome' });
  now += 61_000;
  for (let beat = 0; beat < 3; beat += 1) await new Promise((resolve) => line.socket.once('ping', resolve));
  t.match(await line.call({ type: 'ping' }), { type: 'ok' });
  now += 600_000;
  t.equal((await line.closed).code, 4002);
});
