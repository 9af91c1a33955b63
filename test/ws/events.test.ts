import { randomUUIDv7 } from 'node:crypto';
import t from 'tap';
import { type Body, startApp } from '../helper.ts';
import { openStream } from './stream.ts';

t.test('a stream begins with welcome and tells what a socket hears', async (t) => {
  const app = await startApp(t);
  const [visitor, admin] = [await app.visitor({ name: 'Vic' }), await app.admin()];
  const stream = await openStream(t, app.url, visitor);
  t.match(Object.fromEntries(stream.response.headers), {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
  });
  const { id, event: welcome } = await stream.next(() => true);
  t.match(welcome, {
    type: 'welcome',
    user: { id: visitor.user.id },
    reset: true,
    conversations: [],
    heartbeatMs: 25_000,
  });
  t.equal(welcome.cursor, id, 'its id is the cursor');
  t.notOk('re' in welcome || 'synced' in welcome);
  const sent = await visitor.request('POST', 'messages', { to: 'support', message: { content: 'Hi' } });
  t.equal(sent.status, 201);
  const { conversationId } = sent.body;
  t.match(await stream.event('conversation.created'), { conversationId, rev: 1 });
  t.match(await stream.event('message.created'), { conversationId, rev: 2 }, 'also what one has sent by HTTP');
  await admin.request('POST', `conversations/${conversationId}/messages`, { content: 'Hello' });
  t.match(await stream.event('message.created'), { message: { content: 'Hello' } });
});

t.test('heartbeats carry the cursor, and Last-Event-ID goes on from it', async (t) => {
  const app = await startApp(t, { heartbeatMs: 100 });
  const visitor = await app.visitor();
  const first = await openStream(t, app.url, visitor);
  const { body: one } = await visitor.request('POST', 'messages', { to: 'support', message: { content: 'one' } });
  await first.event('message.created');
  const seen = first.blocks.length;
  const beat = await first.next((block) => first.blocks.indexOf(block) >= seen && block.event === undefined);
  t.type(beat.id, 'string');
  first.close();
  const path = `conversations/${one.conversationId}/messages`;
  const idle = await openStream(t, app.url, visitor, '', { 'last-event-id': beat.id as string });
  t.match(await idle.event('welcome'), { reset: false, conversations: [], removed: [] }, 'nothing was missed');
  idle.close();
  await visitor.request('POST', path, { content: 'two' });
  const again = await openStream(t, app.url, visitor, '', { 'last-event-id': beat.id as string });
  const welcome = await again.event('welcome');
  t.match(welcome, { reset: false, conversations: [{ id: one.conversationId, seq: 2 }] });
  await visitor.request('POST', path, { content: 'three' });
  t.match(await again.event('message.created'), { message: { content: 'three' } }, 'and what follows comes by event');
  t.notOk(
    again.blocks.some(({ event }) => event?.message?.content === 'two'),
    'nothing comes twice',
  );
  const lost = await openStream(t, app.url, visitor, '', { 'last-event-id': 'no cursor' });
  t.match(await lost.event('welcome'), { reset: true }, 'one that cannot be read counts as none');
});

t.test('inbox, views and watched presence stand in the address', async (t) => {
  const app = await startApp(t);
  const [agent, visitor] = [await app.member('agent', 'ann'), await app.visitor()];
  const { body: message } = await visitor.request('POST', 'messages', { to: 'support', message: { content: 'Hi' } });
  const { conversationId } = message;
  const strange = randomUUIDv7();
  const query = `?inbox=true&view=${conversationId}&view=${strange}&presence=${visitor.user.id},team`;
  const stream = await openStream(t, app.url, agent, query);
  t.match(await stream.event('welcome'), { conversations: [{ id: conversationId }] });
  t.match(
    await stream.event('conversation.removed'),
    { conversationId: strange },
    'what may not be read is told as gone',
  );
  const { users } = await stream.event('presence');
  t.match(users, [{ id: visitor.user.id, state: 'offline' }, { id: 'team' }]);
  t.match(await stream.event('viewer'), { conversationId, users: [{ id: agent.user.id }] });
  const line = await visitor.connect();
  await stream.next(({ event }) => event?.users?.[0]?.id === visitor.user.id && event.users[0].state === 'online');
  await line.call({ type: 'typing.set', conversationId, on: true });
  t.match(await stream.event('typing'), { conversationId, on: true, user: { id: visitor.user.id } });
  await visitor.request('POST', 'messages', { to: 'support', message: { content: 'again' } });
  t.match(await stream.event('message.created'), { conversation: { id: conversationId } }, 'the whole inbox is heard');
});

t.test('a stream is refused in words before it begins', async (t) => {
  const app = await startApp(t);
  const [visitor, key] = [await app.visitor(), await app.key('*')];
  const table: [string, string, string | undefined, number, string][] = [
    ['no token', 'events', undefined, 401, 'UNAUTHENTICATED'],
    ['a wrong token', 'events', 'pv_nobody', 401, 'UNAUTHENTICATED'],
    ['an API key', 'events', key.token, 403, 'FORBIDDEN'],
    ['the inbox, by a customer', 'events?inbox=true', visitor.token, 403, 'FORBIDDEN'],
    ['an unknown property', 'events?x=1', visitor.token, 400, 'VALIDATION'],
    ['inbox that is no boolean', 'events?inbox=yes', visitor.token, 400, 'VALIDATION'],
    ['inbox twice', 'events?inbox=true&inbox=true', visitor.token, 400, 'VALIDATION'],
    ['a view that is no id', 'events?view=x', visitor.token, 400, 'VALIDATION'],
    ['presence of nobody', 'events?presence=', visitor.token, 400, 'VALIDATION'],
  ];
  for (const [name, path, token, status, code] of table) {
    const answer = await app.request('GET', path, undefined, token);
    t.match(answer, { status, body: { code } }, name);
  }
  await (await app.admin()).request('POST', `users/${visitor.user.id}/block`);
  t.match(await visitor.request('GET', 'events'), { status: 403, body: { code: 'BLOCKED' } });
});

t.test('what ends a socket ends a stream', async (t) => {
  const app = await startApp(t);
  const admin = await app.admin();
  const ways: [string, (id: string) => Promise<unknown>, number][] = [
    ['blocking', (id) => admin.request('POST', `users/${id}/block`), 4202],
    ['disabling', (id) => admin.request('PATCH', `users/${id}`, { disabled: true }), 4201],
    ['another role', (id) => admin.request('PATCH', `users/${id}`, { role: 'peer' }), 4001],
  ];
  for (const [name, end, code] of ways) {
    const user = await app.hostUser(name);
    const stream = await openStream(t, app.url, user);
    await stream.event('welcome');
    await end(user.user.id);
    await stream.ended;
    t.match(stream.blocks.at(-1)?.event, { type: 'bye', code }, name);
  }
});

t.test('a page of a listed origin may read the stream, and others may not', async (t) => {
  const app = await startApp(t, { origins: ['https://example.com'] });
  const visitor = await app.visitor();
  const stream = await openStream(t, app.url, visitor, '', { origin: 'https://example.com' });
  t.equal(stream.response.headers.get('access-control-allow-origin'), 'https://example.com');
  t.equal((await visitor.request('GET', 'events', undefined, { origin: 'https://evil.example' })).status, 403);
});

t.test('a stream that is not read is cut at the bound', async (t) => {
  const app = await startApp(t, { maxLength: 10_000, socketBufferBytes: 64 * 1024, presenceGraceMs: 0 });
  const [ann, bob, admin] = [await app.hostUser('ann'), await app.hostUser('bob'), await app.admin()];
  const participants = [{ userId: ann.user.id }, { userId: bob.user.id }];
  const { body: room } = await admin.request('POST', 'conversations', { kind: 'room', externalId: 'r', participants });
  const reader = new AbortController();
  t.teardown(() => reader.abort());
  const headers = { authorization: `Bearer ${ann.token}` };
  const slow = await fetch(`${app.url}/v1/events`, { headers, signal: reader.signal });
  const [writer, watcher] = [await bob.connect(), await admin.connect()];
  await watcher.call({ type: 'presence.watch', userIds: [ann.user.id] });
  const content = '😀'.repeat(10_000);
  let cut = false;
  const gone = watcher.event('presence').then(({ users }) => {
    cut = true;
    return users;
  });
  while (!cut) await writer.call({ type: 'message.send', conversationId: room.id, message: { content } });
  t.match(await gone, [{ id: ann.user.id, state: 'offline' }]);
  t.equal(slow.status, 200);
});

t.test('who goes before the stream begins leaves nothing behind', async (t) => {
  const app = await startApp(t, { maxSockets: 5 });
  const visitor = await app.visitor();
  for (let round = 0; round < 20; round += 1) {
    const controller = new AbortController();
    const asked = fetch(`${app.url}/v1/events`, {
      headers: { authorization: `Bearer ${visitor.token}` },
      signal: controller.signal,
    }).catch(() => null);
    if (round % 2 === 0) setImmediate(() => controller.abort());
    else controller.abort();
    await asked;
  }
  const free = async (): Promise<Body> => {
    const answer = await fetch(`${app.url}/v1/events`, { headers: { authorization: `Bearer ${visitor.token}` } });
    await answer.body?.cancel();
    return answer.status === 503 ? free() : answer.status;
  };
  t.equal(await free(), 200);
});

t.test('who lets go of a stream is here no longer', async (t) => {
  const metricsToken = 'a-token-for-prometheus-that-nobody-guesses';
  const app = await startApp(t, { metricsToken });
  const visitor = await app.visitor();
  const connections = async () => {
    const answer = await fetch(`${app.url}/metrics`, { headers: { authorization: `Bearer ${metricsToken}` } });
    return Number(/^parley_connections (\d+)$/m.exec(await answer.text())?.[1]);
  };
  const controller = new AbortController();
  const { status } = await fetch(`${app.url}/v1/events`, {
    headers: { authorization: `Bearer ${visitor.token}` },
    signal: controller.signal,
  });
  t.equal(status, 200);
  t.equal(await connections(), 1);
  controller.abort();
  let left = await connections();
  while (left > 0) left = await connections();
  t.equal(left, 0);
});
