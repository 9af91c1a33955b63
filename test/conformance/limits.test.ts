/** What every door refuses: sizes, depth, types of content, origins, rates. */
import { randomUUIDv7 } from 'node:crypto';
import t from 'tap';
import WebSocket from 'ws';
import { startServer } from './server.ts';
import { ask } from './words.ts';

const server = await startServer(t, { origins: ['https://shop.example.com'] });
const customer = await server.visitor();
const id = await ask(customer);
const path = `conversations/${id}/messages`;

t.test('HTTP bodies: 256 KiB (TOO_LARGE)', async (t) => {
  const fits = JSON.stringify({ content: 'x' }).padEnd(256 * 1024, ' ');
  t.equal((await customer.post(path, fits)).status, 201, 'white space counts as bytes, and 256 KiB fit');
  t.match(await customer.post(path, `${fits} `), { status: 413, body: { code: 'TOO_LARGE' } });
  t.match(await server.request('POST', 'visitors', JSON.stringify({ name: 'x'.repeat(300_000) })), { status: 413 });
});

t.test('application/json alone (UNSUPPORTED_TYPE)', async (t) => {
  const types = [
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/merge-patch+json',
    'text/json',
  ];
  for (const type of types) {
    t.match(
      await customer.request('POST', path, '{"content":"x"}', { 'content-type': type }),
      { status: 415, body: { code: 'UNSUPPORTED_TYPE' } },
      type,
    );
  }
  t.equal(
    (await customer.request('POST', path, '{"content":"x"}', { 'content-type': 'application/json; charset=utf-8' }))
      .status,
    201,
  );
});

t.test('a body is taken as it is: a compressed one is UNSUPPORTED_TYPE, and not called bad JSON', async (t) => {
  const type = { 'content-type': 'application/json' };
  for (const coding of ['gzip', 'br', 'deflate', 'GZIP', 'identity, gzip']) {
    t.match(
      await customer.request('POST', path, '{"content":"x"}', { ...type, 'content-encoding': coding }),
      { status: 415, body: { code: 'UNSUPPORTED_TYPE' } },
      coding,
    );
  }
  const plain = { ...type, 'content-encoding': 'identity' };
  t.equal((await customer.request('POST', path, '{"content":"x"}', plain)).status, 201);
});

t.test('what is not JSON: BAD_JSON', async (t) => {
  for (const text of [
    '{',
    '',
    '{"content":"x"',
    '{"content":"x"}}',
    "{'content':'x'}",
    'undefined',
    '{"content":"\u0001"}',
  ]) {
    const answer = await customer.post(path, text);
    t.equal(answer.status, 400, text);
    if (text !== '') t.match(answer.body, { code: 'BAD_JSON', details: { path: String, rule: String } }, text);
  }
});

t.test('depth 32, free-form objects included; at both doors', async (t) => {
  const nested = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`;
  const body = (depth: number) => `{"content":"x","attachments":${nested(depth)}}`;
  const inside = (await customer.post(path, body(31))).body;
  t.match(inside, { code: 'VALIDATION', details: { path: /attachments/ } }, 'judged by its shape');
  const deeper = (await customer.post(path, body(32))).body;
  t.match(deeper, { code: 'VALIDATION', details: { rule: /32|deep/ } }, 'judged by its depth');
  t.match(await customer.post(path, body(20_000)), { status: 400 });
  const line = await customer.connect();
  t.match(await line.call({ type: 'message.send', to: 'support', message: JSON.parse(body(40)) }), {
    type: 'error',
    code: 'VALIDATION',
  });
  line.send(
    `{"id":9,"type":"presence.set","state":"online","context":${'{"page":'.repeat(5_000)}1${'}'.repeat(5_000)}`,
  );
  t.match(await line.call({ type: 'ping' }), { type: 'ok' }, 'the line stays');
});

t.test('unknown properties are refused, not dropped', async (t) => {
  const cases: [method: string, path: string, body: object, name: string][] = [
    ['POST', 'visitors', { name: 'x', role: 'admin' }, 'role'],
    ['POST', path, { content: 'x', author: 'y' }, 'author'],
    ['POST', 'messages', { to: 'support', message: { content: 'x' }, ifSeq: 0 }, 'ifSeq'],
    ['POST', 'messages', { to: 'support', message: { content: 'x', seq: 1 } }, 'seq'],
    ['POST', 'conversations', { kind: 'support', status: 'open' }, 'status'],
    ['PATCH', `conversations/${id}`, { seq: 1 }, 'seq'],
    ['PATCH', 'me', { role: 'admin' }, 'role'],
    ['POST', `conversations/${id}/read`, { seq: 1, unread: 0 }, 'unread'],
  ];
  for (const [method, where, body, name] of cases) {
    const answer = await customer.request(method, where, body);
    t.match(
      answer,
      { status: 400, body: { code: 'VALIDATION', details: { path: String, rule: String } } },
      `${method} ${where}`,
    );
    t.ok(JSON.stringify(answer.body).includes(name), `${method} ${where} names ${name}`);
  }
});

t.test('nothing is coerced, the query string excepted', async (t) => {
  const cases: [string, object][] = [
    [path, { content: 5 }],
    [path, { content: 'x', ifSeq: '0' }],
    [`conversations/${id}/read`, { seq: '1' }],
    [`conversations/${id}/read`, { seq: 1.5 }],
    [`conversations/${id}/read`, { seq: 0 }],
    [`conversations/${id}/typing`, { on: 'true' }],
    [`conversations/${id}/typing`, { on: 1 }],
  ];
  for (const [where, body] of cases)
    t.match(await customer.post(where, body), { status: 400, body: { code: 'VALIDATION' } }, JSON.stringify(body));
});

t.test('a refused Origin: 403', async (t) => {
  const own = new URL(server.url).origin;
  const origins: [origin: string | undefined, allowed: boolean][] = [
    [undefined, true],
    [own, true],
    ['https://shop.example.com', true],
    ['https://evil.example.com', false],
    ['http://shop.example.com', false],
    ['https://shop.example.com.evil.com', false],
    ['null', false],
    [`${own}1`, false],
  ];
  for (const [origin, allowed] of origins) {
    const headers = origin === undefined ? {} : { origin };
    const { status } = await server.request('GET', 'me', undefined, customer.token, headers);
    t.equal(status, allowed ? 200 : 403, `HTTP from ${origin}`);
    const answer = await new Promise<number>((resolve) => {
      const socket = new WebSocket(`${server.url.replace('http', 'ws')}/v1/ws`, 'parley.v1', { headers });
      socket.once('open', () => {
        socket.close();
        resolve(101);
      });
      socket.once('unexpected-response', (_request, response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      });
      socket.once('error', () => {});
    });
    t.equal(answer, allowed ? 101 : 403, `WebSocket from ${origin}`);
  }
});

t.test('subprotocol parley.v1', async (t) => {
  const line = await server.line();
  t.equal(line.socket.protocol, 'parley.v1');
});

t.test('rates: visitors, logins and sends; Retry-After in whole seconds, retryMs beside it', async (t) => {
  const strict = await startServer(t, {
    trustProxy: ['127.0.0.1'],
    visitorsPerMinute: 2,
    loginsPerMinute: 2,
    sendRate: 10,
    sendBurst: 3,
    visitorSendRate: 2,
    visitorSendBurst: 2,
  });
  const from = { 'x-forwarded-for': '203.0.113.9' };
  const visitor = () => strict.request('POST', 'visitors', {}, undefined, from);
  const [one] = [await visitor(), await visitor()];
  const limited = await visitor();
  t.match(limited, { status: 429, body: { code: 'RATE_LIMITED', retryMs: Number } });
  const seconds = Number(limited.headers.get('retry-after'));
  t.ok(Number.isInteger(seconds) && seconds >= 1 && Math.abs(seconds * 1000 - limited.body.retryMs) <= 1000);
  t.equal(
    (await strict.request('POST', 'visitors', undefined, one?.body.token, from)).status,
    200,
    'a living visitor makes nobody new',
  );
  const login = () =>
    strict.request('POST', 'auth/login', { email: 'nobody@example.com', password: 'wrong password' }, undefined, from);
  t.equal((await login()).status, 401);
  t.equal((await login()).status, 401);
  t.match(await login(), { status: 429, body: { code: 'RATE_LIMITED' } });

  const anonymous = strict.person(one?.body.token, one?.body.user);
  const named = await strict.hostUser('limits-named');
  for (const [who, burst] of [
    [anonymous, 2],
    [named, 3],
  ] as const) {
    const line = await who.connect();
    const sends = Array.from({ length: burst + 1 }, () =>
      line.call({ type: 'message.send', to: 'support', message: { id: randomUUIDv7(), content: 'x' } }),
    );
    const answers = await Promise.all(sends);
    t.same(
      answers.map(({ type }) => type),
      [...Array(burst).fill('ok'), 'error'],
      `a burst of ${burst}`,
    );
    t.match(answers.at(-1), { code: 'RATE_LIMITED', retryMs: Number });
    t.ok(answers.at(-1).retryMs >= 1 && answers.at(-1).retryMs <= 1000);
  }
});
