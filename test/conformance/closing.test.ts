/** The end of a session, close codes, and what a line is closed for. */
import t from 'tap';
import type { TestLine } from '../line.ts';
import { ofOneServer } from '../servers.ts';
import type { Person } from './server.ts';
import { startServer } from './server.ts';
import { ask } from './words.ts';

const server = await startServer(t, { heartbeatMs: 500 });
const admin = await server.admin();

interface Way {
  name: string;
  end: (who: Person) => Promise<{ status: number }>;
  bye: number;
  /** What the token answers afterwards. */
  token: [status: number, code?: string];
}

const ways: Way[] = [
  { name: 'logout', end: (who) => who.post('auth/logout'), bye: 4201, token: [401, 'UNAUTHENTICATED'] },
  {
    name: 'a new password',
    end: (who) => admin.patch(`users/${who.id}`, { password: 'another horse battery' }),
    bye: 4201,
    token: [401, 'UNAUTHENTICATED'],
  },
  {
    name: 'disabling',
    end: (who) => admin.patch(`users/${who.id}`, { disabled: true }),
    bye: 4201,
    token: [401, 'UNAUTHENTICATED'],
  },
  { name: 'another role', end: (who) => admin.patch(`users/${who.id}`, { role: 'peer' }), bye: 4001, token: [200] },
  { name: 'blocked', end: (who) => admin.post(`users/${who.id}/block`), bye: 4202, token: [200] },
];

for (const [index, { name, end, bye, token }] of ways.entries()) {
  t.test(`${name}: bye ${bye}, then the token answers ${token.join(' ')}`, async (t) => {
    const who = await server.member('agent', `closing-${index}`);
    const lines = [await who.connect(), await who.connect({ inbox: true })];
    const answer = await end(who);
    t.ok(answer.status < 300, `${answer.status}`);
    for (const line of lines) {
      const { code } = await line.closed;
      t.equal(code, bye);
      t.match(line.frames.at(-1), { type: 'bye', code: bye, retryMs: 0 }, 'the close with that code follows');
    }
    const [status, code] = token;
    const after = await who.get('conversations');
    t.equal(after.status, status);
    if (code !== undefined) t.equal(after.body.code, code);
    const line = await server.line();
    const hello = await line.call({ type: 'hello', token: who.token });
    if (bye === 4202) t.match(hello, { type: 'error', code: 'BLOCKED' }, '`hello` answers BLOCKED');
    else if (status === 200) t.match(hello, { type: 'welcome', user: { role: 'peer' } }, 'the token stays good');
    else t.match(hello, { type: 'error', code });
  });
}

t.test('a blocked user’s commands answer 403 BLOCKED; they may still read by HTTP', async (t) => {
  const customer = await server.visitor();
  const id = await ask(customer);
  const messageId = (await customer.get(`conversations/${id}/messages`)).body.items[0].id;
  await admin.post(`users/${customer.id}/block`);
  const commands: [string, string, object?][] = [
    ['POST', `conversations/${id}/messages`, { content: 'x' }],
    ['POST', 'messages', { to: 'support', message: { content: 'x' } }],
    ['PATCH', `conversations/${id}/messages/${messageId}`, { content: 'x' }],
    ['DELETE', `conversations/${id}/messages/${messageId}`],
    ['POST', `conversations/${id}/read`, { seq: 1 }],
    ['POST', `conversations/${id}/typing`, { on: true }],
    ['POST', 'conversations', { kind: 'support' }],
  ];
  for (const [method, path, body] of commands) {
    t.match(
      await customer.request(method, path, body),
      { status: 403, body: { code: 'BLOCKED' } },
      `${method} ${path}`,
    );
  }
  for (const path of [
    'me',
    'conversations',
    `conversations/${id}`,
    `conversations/${id}/messages`,
    `conversations/${id}/sync?since=0`,
    'changes',
    'unread',
  ]) {
    t.equal((await customer.get(path)).status, 200, path);
  }
  await admin.post(`users/${customer.id}/unblock`);
  t.equal((await customer.post(`conversations/${id}/messages`, { content: 'x' })).status, 201);
});

t.test('the team blocks and unblocks; others do not', async (t) => {
  const [agent, peer, customer] = [
    await server.member('agent', 'blocking'),
    await server.member('peer', 'no-blocking'),
    await server.visitor(),
  ];
  t.match(await agent.post(`users/${customer.id}/block`), { status: 200, body: { blockedAt: String } });
  t.match(await agent.post(`users/${customer.id}/unblock`), { status: 200, body: { blockedAt: null } });
  t.ok((await customer.post(`users/${peer.id}/block`)).status >= 403);
});

t.test('time over: 4002', async (t) => {
  let now = Date.now();
  const clocked = await startServer(t, {}, { now: () => now });
  const key = await clocked.key('tokens');
  const made = (await key.post('tokens', { externalId: 'closing-time', expiresIn: 60 })).body;
  now += 61_000;
  t.match(await clocked.request('GET', 'me', undefined, made.token), { status: 401, body: { code: 'TOKEN_EXPIRED' } });
  const line = await clocked.line();
  t.match(await line.call({ type: 'hello', token: made.token }), { type: 'error', code: 'TOKEN_EXPIRED' });
});

t.test('time over on an open line: bye 4002', async (t) => {
  const short = (await (await server.key('tokens')).post('tokens', { externalId: 'closing-short', expiresIn: 2 })).body;
  const line = await server.line();
  await line.hello(short.token);
  t.equal((await line.closed).code, 4002);
  t.match(line.frames.at(-1), { type: 'bye', code: 4002 });
});

t.test('hello late: 4003', async (t) => {
  const quick = await startServer(t, { helloTimeoutMs: 200 });
  const line = await quick.line();
  t.equal((await line.closed).code, 4003);
  t.match(line.frames, [{ type: 'bye', code: 4003 }]);
});

t.test('the socket beyond a user’s 20th is refused (4101)', { skip: ofOneServer }, async (t) => {
  const user = await server.hostUser('closing-many');
  const lines: TestLine[] = [];
  for (let count = 0; count < 20; count += 1) lines.push(await user.connect());
  const last = await server.line();
  const answer = await last.call({ type: 'hello', token: user.token });
  t.match(answer, { type: 'error', code: 'RATE_LIMITED', retryMs: Number });
  const { code, reason } = await last.closed;
  t.equal(code, 4101);
  t.match(last.frames.at(-1), { type: 'bye', code: 4101, retryMs: Number(reason) });
  for (const line of lines) t.match(await line.call({ type: 'ping' }), { type: 'ok' }, 'the others live on');
  lines[0]?.socket.close();
  await lines[0]?.closed;
  t.match(await (await server.line()).call({ type: 'hello', token: user.token }), { type: 'welcome' });
});

t.test('20 bad frames in a minute on one line: each answered, then 4200', async (t) => {
  const user = await server.hostUser('closing-bad');
  const line = await user.connect();
  const bad = [
    '{',
    '{"id":91}',
    '[]',
    '"x"',
    '{"id":92,"type":"nothing"}',
    '{"id":93,"type":"ping","more":1}',
    '{"id":"1","type":"ping"}',
    '{"id":1.5,"type":"ping"}',
    'null',
    '',
  ];
  for (const text of [...bad, ...bad].slice(0, 19)) line.send(text);
  t.match(await line.call({ type: 'ping' }), { type: 'ok' }, 'nineteen are answered and the line stays');
  const errors = line.frames.filter(({ type }) => type === 'error');
  t.equal(errors.length, 19);
  line.send('{');
  t.equal((await line.closed).code, 4200);
  t.match(line.frames.at(-1), { type: 'bye', code: 4200 });
});

t.test('any integer is an id', async (t) => {
  const line = await (await server.hostUser('closing-ids')).connect();
  for (const id of [0, -1, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER, 1, 1]) {
    const before = line.frames.length;
    line.send(JSON.stringify({ id, type: 'ping' }));
    await line.call({ type: 'ping' });
    t.match(
      line.frames.slice(before).find(({ re }) => re === id),
      { type: 'ok', cursor: String },
      `${id}`,
    );
  }
});

t.test('each bad frame has its code and the re that could be read', async (t) => {
  const user = await server.hostUser('closing-codes');
  const line = await user.connect();
  const frames: [text: string, re: number | null, code: string, path?: string][] = [
    ['{', null, 'BAD_JSON'],
    ['[]', null, 'VALIDATION', ''],
    ['{"type":"ping"}', null, 'VALIDATION', 'id'],
    ['{"id":"1","type":"ping"}', null, 'VALIDATION', 'id'],
    ['{"id":105,"type":"message.sned"}', 105, 'UNKNOWN_TYPE', 'type'],
    ['{"id":106}', 106, 'VALIDATION', 'type'],
    ['{"id":107,"type":"ping","x":1}', 107, 'VALIDATION', 'x'],
    ['{"id":108,"type":"conversation.sync","conversationId":"x","since":0}', 108, 'VALIDATION', 'conversationId'],
    ['{"id":109,"type":"message.send","to":"sales","message":{"content":"x"}}', 109, 'VALIDATION', 'to'],
    [
      '{"id":110,"type":"message.send","to":"support","conversationId":"01890a5d-ac96-774b-bcce-b302099a8057","message":{"content":"x"}}',
      110,
      'VALIDATION',
    ],
    ['{"id":111,"type":"message.send","to":"support","ifSeq":1,"message":{"content":"x"}}', 111, 'VALIDATION'],
    [
      `{"id":112,"type":"typing.set","conversationId":"01890a5d-ac96-774b-bcce-b302099a8057","on":true,"text":${'['.repeat(40)}${']'.repeat(40)}}`,
      112,
      'VALIDATION',
    ],
  ];
  for (const [text, re, code, path] of frames) {
    const before = line.frames.length;
    line.send(text);
    await line.rest();
    const answer = line.frames.slice(before).find(({ type }) => type === 'error');
    t.match(answer, { re, type: 'error', code, details: { path: String, rule: String } }, text.slice(0, 80));
    if (path !== undefined) t.equal(answer.details.path, path, text.slice(0, 80));
  }
});

t.test('malformed frames keep the standard’s own codes', async (t) => {
  const user = await server.hostUser('closing-standard');
  const large = await user.connect();
  large.send('x'.repeat(128 * 1024 + 1));
  t.equal((await large.closed).code, 1009, 'one JSON object a text frame, 128 KiB at most');
  const fits = await user.connect();
  fits.send(
    JSON.stringify({ id: 1, type: 'message.send', to: 'support', message: { content: `${' '.repeat(9_000)}x` } }),
  );
  t.match(await fits.call({ type: 'ping' }), { type: 'ok' });
});
