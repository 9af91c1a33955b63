import { randomUUIDv7 } from 'node:crypto';
import t from 'tap';
import { startApp } from '../helper.ts';
import { openLine } from '../line.ts';

t.test('who does not say hello in time is closed, whatever else they send', async (t) => {
  const app = await startApp(t, { helloTimeoutMs: 300 });
  const line = await openLine(t, app.url);
  const opened = performance.now();
  const chatter = setInterval(() => line.socket.readyState === 1 && line.send('{"id":1,"type":"ping"}'), 20);
  t.teardown(() => clearInterval(chatter));
  t.same(await line.closed, { code: 4003, reason: '' });
  t.ok(performance.now() - opened < 2000, 'traffic does not move the deadline');
  t.match(line.frames.at(-1), { type: 'bye', code: 4003, retryMs: 0 });
  t.match(line.frames[0], { re: 1, type: 'error', code: 'UNAUTHENTICATED' }, 'nothing else goes before hello');
});

t.test('welcome says who one is, what to obey and where one stands', async (t) => {
  const app = await startApp(t);
  const visitor = await app.visitor({ name: 'Vic' });
  const line = await openLine(t, app.url);
  const welcome = await line.hello(visitor.token);
  t.match(welcome, {
    type: 'welcome',
    version: String,
    user: { id: visitor.user.id, name: 'Vic', role: 'user', anonymous: true },
    heartbeatMs: 25_000,
    limits: { maxLength: 1000, maxFrame: 131_072, editWindowMs: 10_800_000 },
    ticket: { value: String, expiresAt: String },
    epoch: String,
    reset: true,
    more: false,
    cursor: String,
    conversations: [],
    removed: [],
    synced: {},
  });
  t.equal(line.socket.protocol, 'parley.v1');
});

t.test('a script may bring its token in the header', async (t) => {
  const app = await startApp(t);
  const visitor = await app.visitor();
  const line = await openLine(t, app.url, { headers: { authorization: `Bearer ${visitor.token}` } });
  t.match(await line.call({ type: 'hello' }), { type: 'welcome', user: { id: visitor.user.id } });
});

t.test('a token that is not good is refused, and the line may try another', async (t) => {
  const app = await startApp(t);
  const visitor = await app.visitor();
  const key = await app.key('*');
  const line = await openLine(t, app.url);
  t.match(await line.call({ type: 'hello' }), { type: 'error', code: 'UNAUTHENTICATED' });
  t.match(await line.call({ type: 'hello', token: 'pv_nobody' }), { type: 'error', code: 'UNAUTHENTICATED' });
  t.match(await line.call({ type: 'hello', token: key.token }), { code: 'FORBIDDEN' }, 'API keys speak HTTP alone');
  t.match(await line.call({ type: 'hello', token: visitor.token }), { type: 'welcome' });
});

t.test('a hello that asks for too much leaves nothing behind: the next one is the first', async (t) => {
  const app = await startApp(t, { socketsPerAddress: 1, socketsPerUser: 1 });
  const [visitor, agent] = [await app.visitor(), await app.member('agent', 'bob')];
  const line = await openLine(t, app.url);
  t.match(await line.call({ type: 'hello', token: visitor.token, inbox: true }), { type: 'error', code: 'FORBIDDEN' });
  t.match(await line.call({ type: 'ping' }), { type: 'error', code: 'UNAUTHENTICATED' });
  t.match(await line.call({ type: 'hello', token: visitor.token }), { type: 'welcome' }, 'it has its place already');
  const sent = await line.call({ type: 'message.send', to: 'support', message: { id: randomUUIDv7(), content: 'Hi' } });
  const path = `conversations/${sent.message.conversationId}/messages`;
  await line.rest();
  t.match(await agent.request('POST', path, { content: 'Hello' }), { status: 201 });
  await line.event('message.created');
  t.same(
    (await line.rest()).filter(({ type }) => type === 'message.created'),
    [],
    'it hears everything once',
  );
});

t.test('hello on an open line changes the token of the same user, and nothing else', async (t) => {
  const app = await startApp(t);
  const ann = await app.hostUser('ann');
  const again = await app.hostUser('ann');
  const bob = await app.hostUser('bob');
  const line = await ann.connect();
  const welcome = await line.call({ type: 'hello', token: again.token });
  t.match(welcome, { type: 'welcome', reset: false, more: false, conversations: [], removed: [], synced: {} });
  t.match(await line.call({ type: 'hello', token: bob.token }), { type: 'error', code: 'FORBIDDEN' });
  t.match(await line.call({ type: 'hello' }), { type: 'error', code: 'UNAUTHENTICATED' });
  t.match(await line.call({ type: 'hello', token: 'pv_x' }), { type: 'error', code: 'UNAUTHENTICATED' });
  t.match(await line.call({ type: 'ping' }), { type: 'ok', cursor: String }, 'the line lives on');
});

t.test('the blocked are told so, and hear nothing', async (t) => {
  const app = await startApp(t);
  const visitor = await app.visitor();
  await (await app.admin()).request('POST', `users/${visitor.user.id}/block`);
  const line = await openLine(t, app.url);
  t.match(await line.call({ type: 'hello', token: visitor.token }), { type: 'error', code: 'BLOCKED' });
});

t.test('hello brings what changed since a cursor, and what is new of the conversations one holds', async (t) => {
  const app = await startApp(t);
  const visitor = await app.visitor();
  const first = await visitor.connect();
  const { message } = await first.call({ type: 'message.send', to: 'support', message: { content: 'one' } });
  const { cursor } = await first.call({ type: 'ping' });
  const second = await openLine(t, app.url);
  t.match(await second.hello(visitor.token, { cursor }), { reset: false, conversations: [], removed: [], synced: {} });
  const { conversationId } = message;
  await first.call({ type: 'message.send', conversationId, message: { content: 'two' } });
  const strange = randomUUIDv7();
  const third = await openLine(t, app.url);
  const welcome = await third.hello(visitor.token, { cursor, revs: { [conversationId]: 2, [strange]: 7 } });
  t.match(welcome, {
    reset: false,
    conversations: [{ id: conversationId, rev: 3, seq: 2 }],
    removed: [strange],
    synced: { [conversationId]: { reset: false, rev: 3, messages: [{ content: 'two' }] } },
  });
  t.same(await third.rest(), [], 'nothing comes twice');
});

t.test('without a cursor there are no revs', async (t) => {
  const app = await startApp(t);
  const visitor = await app.visitor();
  const line = await openLine(t, app.url);
  const answer = await line.call({ type: 'hello', token: visitor.token, revs: {} });
  t.match(answer, { type: 'error', code: 'VALIDATION', details: { path: 'revs' } });
});

t.test('only the team may watch the inbox, in hello too', async (t) => {
  const app = await startApp(t);
  const visitor = await app.visitor();
  const line = await openLine(t, app.url);
  t.match(await line.call({ type: 'hello', token: visitor.token, inbox: true }), { code: 'FORBIDDEN' });
  t.match(await line.call({ type: 'hello', token: visitor.token }), { type: 'welcome' }, 'the line is still good');
});
