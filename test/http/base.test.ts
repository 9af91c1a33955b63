import Fastify from 'fastify';
import t from 'tap';
import { proxyHint } from '../../src/http/address.ts';
import { errors } from '../../src/http/errors.ts';
import { health } from '../../src/http/health.ts';
import { Refusal } from '../../src/protocol/refusal.ts';

/** A server with nothing but what is tried, and the lines of its log. */
function server() {
  const lines: { level: number; msg: string }[] = [];
  const stream = { write: (line: string) => lines.push(JSON.parse(line)) };
  const app = Fastify({ logger: { level: 'warn', stream }, trustProxy: ['192.0.2.1'] });
  return { app, lines };
}

t.test('what nobody expected is told as such, logged once, and not told about', async (t) => {
  const { app, lines } = server();
  await app.register(errors);
  app.get('/fails', async () => {
    throw new Error('the password is 12345');
  });
  const answer = await app.inject('/fails');
  t.equal(answer.statusCode, 500);
  t.same(answer.json(), {
    statusCode: 500,
    code: 'INTERNAL',
    error: 'Internal Server Error',
    message: 'Something went wrong on the server.',
  });
  t.same(
    lines.map(({ level, msg }) => [level, msg]),
    [[50, 'a request failed']],
  );
  await app.close();
});

t.test('a refusal is an answer: with its time to wait, its details, and no line in the log', async (t) => {
  const { app, lines } = server();
  await app.register(errors);
  app.get('/waits', async () => {
    throw new Refusal('OVERLOADED', { retryMs: 1_500, details: { queue: 5 } });
  });
  const answer = await app.inject('/waits');
  t.equal(answer.headers['retry-after'], '2');
  t.match(answer.json(), { statusCode: 503, code: 'OVERLOADED', retryMs: 1_500, details: { queue: 5 } });
  t.same(lines, []);
  await app.close();
});

t.test('readiness says why not', async (t) => {
  const { app } = server();
  let trouble: string | null = null;
  let lesser: string | null = null;
  await app.register(health, { trouble: () => trouble, lesser: () => lesser });
  t.same((await app.inject('/readyz')).json(), { status: 'ok' });
  lesser = 'no file can be had';
  const still = await app.inject('/readyz');
  t.same([still.statusCode, still.json()], [200, { status: 'ok', reason: 'no file can be had' }], 'it is to be asked');
  trouble = 'the disk is full';
  const answer = await app.inject('/readyz');
  t.same([answer.statusCode, answer.json()], [503, { status: 'unavailable', reason: 'the disk is full' }]);
  t.same((await app.inject('/healthz')).json(), { status: 'ok' }, 'alive all the same');
  await app.close();
});

t.test('a proxy that the settings do not name is spoken of once', async (t) => {
  const { app, lines } = server();
  let seen = 0;
  await app.register(proxyHint, {
    seen: () => {
      seen += 1;
    },
  });
  app.get('/', async () => 'x');
  const call = (remoteAddress: string, headers = {}) => app.inject({ url: '/', remoteAddress, headers });
  await call('127.0.0.1');
  await call('192.0.2.1', { 'x-forwarded-for': '198.51.100.1' });
  await call('198.51.100.9', { 'x-forwarded-for': '198.51.100.1' });
  t.same(lines, [], 'nobody near, or one that is trusted');
  await call('10.0.0.3', { 'x-forwarded-for': '198.51.100.1' });
  await call('10.0.0.3', { 'x-forwarded-for': '198.51.100.2' });
  t.same([lines.length, seen], [1, 1]);
  t.match(lines[0]?.msg, /set PARLEY_TRUST_PROXY/);
  await app.close();
});
