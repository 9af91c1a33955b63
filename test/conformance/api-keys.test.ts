import t from 'tap';
import { startServer } from './server.ts';
import { ask, look, say } from './words.ts';

const server = await startServer(t);
const agent = await server.member('agent', 'ann');
const key = await server.key('*');
const user = await server.hostUser('keys-user');
const id = await ask(user);

const forbidden: [method: string, path: string, body?: object][] = [
  ['GET', 'me'],
  ['PATCH', 'me', { name: 'x' }],
  ['GET', 'me/ticket'],
  ['GET', 'unread'],
  ['GET', 'changes'],
  ['GET', 'changes?wait=1'],
  ['GET', 'events'],
  ['POST', `conversations/${id}/read`, { seq: 1 }],
  ['POST', `conversations/${id}/delivered`, { seq: 1 }],
  ['POST', 'conversations', { kind: 'direct', userId: user.id }],
  ['POST', 'messages', { to: 'support', message: { content: 'x', kind: 'system' } }],
  ['POST', 'messages', { to: { queue: 'agent' }, message: { content: 'x', kind: 'system' } }],
  ['POST', 'messages', { to: { userId: user.id }, message: { content: 'x', kind: 'system' } }],
  ['POST', 'messages', { to: { userExternalId: 'keys-user' }, message: { content: 'x', kind: 'system' } }],
];

t.test(
  'API keys speak HTTP alone; hello, /v1/me, /v1/unread, /v1/changes, /v1/events, read marks, direct and `to` answer them FORBIDDEN',
  async (t) => {
    for (const [method, path, body] of forbidden) {
      t.match(await key.request(method, path, body), { status: 403, body: { code: 'FORBIDDEN' } }, `${method} ${path}`);
    }
    const line = await server.line();
    t.match(await line.call({ type: 'hello', token: key.token }), { type: 'error', code: 'FORBIDDEN' });
  },
);

t.test('`to: {customerId}` excepted, for system messages', async (t) => {
  const customer = await server.hostUser('keys-customer');
  const line = await customer.connect();
  const sent = await key.post('messages', {
    to: { customerId: customer.id },
    message: { kind: 'system', content: 'Your parcel is on its way' },
  });
  t.match(sent, {
    status: 201,
    body: {
      kind: 'system',
      author: null,
      system: { code: 'notice' },
      content: 'Your parcel is on its way',
      rev: 2,
      seq: 1,
    },
  });
  t.match(await line.event('conversation.created'), { rev: 1 });
  t.match(await line.event('message.created'), { rev: 2, message: { system: { code: 'notice' } } });
  t.match(await look(customer, sent.body.conversationId), { last: null, my: { unread: 0 }, assignee: null });
  t.match(await key.post('messages', { to: { customerId: customer.id }, message: { content: 'as whom?' } }), {
    status: 403,
    body: { code: 'FORBIDDEN' },
  });
});

t.test('it writes system messages only, and only it may', async (t) => {
  const path = `conversations/${id}/messages`;
  t.match(await key.post(path, { content: 'x' }), { status: 403, body: { code: 'FORBIDDEN' } });
  t.match(await key.post(path, { kind: 'system', content: 'Paid' }), {
    status: 201,
    body: { kind: 'system', author: null, ai: false, system: { code: 'notice' } },
  });
  for (const who of [user, agent, await server.admin()]) {
    t.match(await who.post(path, { kind: 'system', content: 'x' }), { status: 403, body: { code: 'FORBIDDEN' } });
  }
  t.equal((await key.post(path, { kind: 'text', content: 'x' })).status, 400);
  t.match(await user.post(path, { content: 'x', quickReplies: ['a'] }), { status: 403 }, 'quickReplies: bots');
});

t.test(
  'scope * is all; without its scope a route is FORBIDDEN; direct conversations and rooms need conversations:all',
  async (t) => {
    const { body: room } = await key.post('conversations', {
      kind: 'room',
      externalId: 'keys-room',
      participants: [{ userId: user.id }],
    });
    const { body: direct } = await agent.post('conversations', { kind: 'direct', userId: user.id });
    await say(user, room.id, 'x');
    const small = await server.key('tokens');
    t.match(await small.get(`conversations/${id}`), { status: 403, body: { code: 'FORBIDDEN' } });
    t.match(await small.get('conversations'), { status: 403 });
    t.equal((await small.post('tokens', { externalId: 'x' })).status, 201);
    const support = await server.key('conversations');
    t.equal((await support.get(`conversations/${id}`)).status, 200);
    for (const one of [room.id, direct.id])
      t.match(await support.get(`conversations/${one}`), { status: 404, body: { code: 'NOT_FOUND' } });
    const { items } = (await support.get('conversations?limit=200')).body;
    t.ok(items.length > 0 && items.every(({ kind }: { kind: string }) => kind === 'support'));
    const all = await server.key('conversations:all');
    for (const one of [room.id, direct.id]) t.equal((await all.get(`conversations/${one}/messages`)).status, 200);
    t.equal((await key.get(`conversations/${direct.id}`)).status, 200);
    t.notOk('my' in (await key.get(`conversations/${id}`)).body, 'a host has no mark');
  },
);

t.test('a deleted or expired API key: 401', async (t) => {
  const admin = await server.admin();
  const made = await admin.post('api-keys', { name: 'CRM', scopes: ['*'] });
  t.match(made, { status: 201, body: { key: String, scopes: ['*'], lastUsedAt: null, expiresAt: null } });
  const one = server.person(made.body.key, undefined as never);
  t.equal((await one.get('conversations')).status, 200);
  const listed = (await admin.get(`api-keys/${made.body.id}`)).body;
  t.notOk('key' in listed, 'key: only in the answer that made it');
  t.equal((await admin.delete(`api-keys/${made.body.id}`)).status, 204);
  t.match(await one.get('conversations'), { status: 401, body: { code: 'UNAUTHENTICATED' } });
  const past = await admin.post('api-keys', {
    name: 'old',
    scopes: ['*'],
    expiresAt: new Date(Date.now() + 300).toISOString(),
  });
  if (past.status === 201) {
    const old = server.person(past.body.key, undefined as never);
    let { status } = await old.get('conversations');
    for (const until = Date.now() + 3000; status === 200 && Date.now() < until; )
      ({ status } = await old.get('conversations'));
    t.equal(status, 401);
  }
});

t.test('an admin who makes a room is its moderator; externalId finds or makes, and only keys and admins', async (t) => {
  const admin = await server.admin();
  const made = await admin.post('conversations', {
    kind: 'room',
    externalId: 'keys-own',
    participants: [{ userId: user.id }],
  });
  t.match(made, { status: 201, body: { kind: 'room', externalId: 'keys-own', participantCount: 2 } });
  t.match(await look(admin, made.body.id), { my: { moderator: true, unread: 0 } });
  t.match(await key.post('conversations', { kind: 'room', externalId: 'keys-own' }), {
    status: 200,
    body: { id: made.body.id },
  });
  const both = await Promise.all(
    [1, 2, 3].map(() => key.post('conversations', { kind: 'room', externalId: 'keys-race' })),
  );
  t.same(both.map(({ status }) => status).sort(), [200, 200, 201]);
  for (const who of [user, agent]) {
    t.match(await who.post('conversations', { kind: 'room', externalId: 'x' }), {
      status: 403,
      body: { code: 'FORBIDDEN' },
    });
    t.match(await who.post('conversations', { kind: 'room' }), { status: 403 });
  }
  const page = (await key.get(`conversations/${made.body.id}/participants`)).body;
  t.equal(page.items.find((one: { user: { id: string } }) => one.user.id === admin.id).moderator, true);
});
