/** The HTTP table: each route with its answers. */
import t from 'tap';
import type { Body } from '../helper.ts';
import { startServer } from './server.ts';
import { ask, look, say } from './words.ts';

let now = Date.now();
const server = await startServer(t, { direct: 'everybody' }, { now: () => now });
const agent = await server.member('agent', 'ann');
const admin = await server.admin();
const key = await server.key('*');

t.test('POST /v1/visitors: 201; 200 for a living visitor’s own token', async (t) => {
  const made = await server.request('POST', 'visitors', {
    name: 'Vic',
    email: 'vic@example.com',
    fields: { plan: 'pro' },
    context: { page: 'https://example.com/' },
  });
  t.match(made, {
    status: 201,
    body: {
      token: String,
      user: { name: 'Vic', email: 'vic@example.com', fields: { plan: 'pro' }, role: 'user', anonymous: true },
    },
  });
  const again = await server.request('POST', 'visitors', undefined, made.body.token);
  t.match(again, { status: 200, body: { user: { id: made.body.user.id } } });
  t.equal((await server.request('POST', 'visitors')).status, 201, 'no body is needed');
  const dead = await server.request('POST', 'visitors', {}, 'pv_nobody');
  t.ok([201, 401].includes(dead.status), `${dead.status}`);
  const visitor = server.person(made.body.token, made.body.user);
  const id = await ask(visitor);
  t.match(
    (await look(agent, id)).team.context,
    { page: 'https://example.com/' },
    'a new support conversation takes the context last told',
  );
  t.equal((await server.request('POST', 'visitors', { context: { page: 'p'.repeat(3000) } })).status, 400);
});

t.test('POST /v1/auth/login, refresh, logout', async (t) => {
  const made = await admin.post('users', {
    name: 'Log',
    email: 'log@example.com',
    role: 'agent',
    password: 'correct horse battery',
  });
  t.match(made, {
    status: 201,
    body: {
      id: String,
      role: 'agent',
      email: 'log@example.com',
      createdAt: String,
      lastSeenAt: null,
      blockedAt: null,
      disabledAt: null,
    },
  });
  const login = await server.request('POST', 'auth/login', {
    email: 'LOG@example.com',
    password: 'correct horse battery',
  });
  t.match(login, { status: 200, body: { user: { id: made.body.id }, token: String, refreshToken: String } });
  for (const body of [
    { email: 'log@example.com', password: 'wrong password' },
    { email: 'nobody@example.com', password: 'correct horse battery' },
  ]) {
    t.match(await server.request('POST', 'auth/login', body), { status: 401, body: { code: 'UNAUTHENTICATED' } });
  }
  const next = await server.request('POST', 'auth/refresh', { refreshToken: login.body.refreshToken });
  t.match(next, { status: 200, body: { user: { id: made.body.id }, token: String, refreshToken: String } });
  const same = await server.request('POST', 'auth/refresh', { refreshToken: login.body.refreshToken });
  t.equal(same.body.refreshToken, next.body.refreshToken, 'used again within 30 s it is told again');
  now += 31_000;
  t.equal(
    (await server.request('POST', 'auth/refresh', { refreshToken: login.body.refreshToken })).status,
    401,
    'later it revokes the session',
  );
  t.equal((await server.request('POST', 'auth/refresh', { refreshToken: next.body.refreshToken })).status, 401);
  t.equal((await server.request('GET', 'me', undefined, next.body.token)).status, 401);
  const other = await server.request('POST', 'auth/login', {
    email: 'log@example.com',
    password: 'correct horse battery',
  });
  t.equal((await server.request('POST', 'auth/logout', undefined, other.body.token)).status, 204);
  t.equal((await server.request('GET', 'me', undefined, other.body.token)).status, 401);
  t.equal((await server.request('POST', 'auth/refresh', { refreshToken: other.body.refreshToken })).status, 401);
});

t.test('GET, PATCH /v1/me; GET /v1/me/ticket', async (t) => {
  const user = await server.hostUser('routes-me', { name: 'One' });
  t.same((await user.get('me')).body, user.user);
  t.match(await user.patch('me', { name: 'Two', fields: { size: 'L' } }), {
    status: 200,
    body: { id: user.id, name: 'Two', fields: { size: 'L' } },
  });
  t.match(await user.get('me/ticket'), { status: 200, body: { value: String, expiresAt: String } });
  t.equal((await server.request('GET', 'me')).status, 401);
});

t.test('POST /v1/tokens: the user of the host’s id', async (t) => {
  const first = await key.post('tokens', { externalId: 'routes-token', name: 'One', email: 'one@example.com' });
  t.match(first, {
    status: 201,
    body: {
      token: String,
      user: { externalId: 'routes-token', name: 'One', email: 'one@example.com', anonymous: false, role: 'user' },
    },
  });
  const again = await key.post('tokens', { externalId: 'routes-token' });
  t.match(again, { status: 201, body: { user: { id: first.body.user.id, name: 'One' } } });
  for (const who of [agent, admin, await server.visitor()])
    t.equal((await who.post('tokens', { externalId: 'x' })).status, 403);
  t.equal((await server.request('POST', 'tokens', { externalId: 'x' })).status, 401);
});

t.test('GET, POST /v1/users; GET, PATCH /v1/users/:id', async (t) => {
  const user = await server.hostUser('routes-user', { name: 'Listed' });
  t.match(await agent.get(`users/${user.id.toUpperCase()}`), {
    status: 200,
    body: { id: user.id, name: 'Listed', createdAt: String },
  });
  t.match(await agent.get('users?limit=1'), { status: 200, body: { items: [{ id: String }], next: String } });
  t.equal((await user.get('users')).status, 403);
  t.equal(
    (await agent.post('users', { name: 'x', email: 'x@example.com', role: 'agent', password: 'correct horse battery' }))
      .status,
    403,
    'admins create',
  );
  t.match(await admin.patch(`users/${user.id}`, { name: 'Renamed' }), { status: 200, body: { name: 'Renamed' } });
  t.equal((await agent.patch(`users/${user.id}`, { name: 'x' })).status, 403, 'admins change');
  const taken = await admin.post('users', {
    name: 'x',
    email: 'ann@example.com',
    role: 'agent',
    password: 'correct horse battery',
  });
  t.match(taken, { status: 409, body: { code: 'IN_USE' } }, 'e-mail or externalId taken');
});

t.test('POST /v1/conversations: support', async (t) => {
  const user = await server.hostUser('routes-support');
  const one = await user.post('conversations', { kind: 'support', subject: 'Lamps', queue: 'peer' });
  t.match(one, {
    status: 201,
    body: {
      kind: 'support',
      subject: 'Lamps',
      queue: 'peer',
      status: 'open',
      assignee: null,
      rev: 1,
      seq: 0,
      last: null,
      participants: [{ user: { id: user.id } }],
    },
  });
  t.not(
    (await user.post('conversations', { kind: 'support', queue: 'peer' })).body.id,
    one.body.id,
    'support always makes one',
  );
  const forThem = await agent.post('conversations', { kind: 'support', customerId: user.id, assigneeId: agent.id });
  t.match(
    forThem,
    { status: 201, body: { assignee: { id: agent.id }, team: { id: String } } },
    'the team for a customer',
  );
  t.equal((await agent.post('conversations', { kind: 'support' })).status, 400, 'whose?');
  const other = await server.hostUser('routes-support-other');
  t.ok([403, 404].includes((await user.post('conversations', { kind: 'support', customerId: other.id })).status));
  t.match(await key.post('conversations', { kind: 'support', customerId: user.id }), { status: 201 });
  t.equal((await user.post('conversations', { kind: 'support', subject: 'x'.repeat(201) })).status, 400);
});

t.test('PATCH /v1/conversations/:id: team only', async (t) => {
  const user = await server.hostUser('routes-patch');
  const id = await ask(user);
  t.match(
    await agent.patch(`conversations/${id}`, { status: 'closed', subject: 'x', assigneeId: agent.id, maxLength: 50 }),
    {
      status: 200,
      body: { status: 'closed', subject: 'x', assignee: { id: agent.id }, maxLength: 50, closedAt: String },
    },
  );
  t.match(await agent.patch(`conversations/${id}`, { subject: null, assigneeId: null }), {
    status: 200,
    body: { subject: null, assignee: null },
  });
  t.equal((await user.patch(`conversations/${id}`, { subject: 'x' })).status, 403);
  t.match(
    await agent.patch(`conversations/${id}`, { assigneeId: user.id }),
    { status: 400, body: { code: 'VALIDATION' } },
    'a customer answers nobody',
  );
  t.match(await agent.patch(`conversations/${id}`, {}), { status: /200|400/ });
});

t.test('the assigned peer may release and close, nothing else', async (t) => {
  const pat = await server.member('peer', 'pat');
  const user = await server.hostUser('routes-peer');
  const id = await ask(user);
  await agent.patch(`conversations/${id}`, { assigneeId: pat.id });
  t.equal((await pat.patch(`conversations/${id}`, { subject: 'x' })).status, 403);
  t.equal((await pat.patch(`conversations/${id}`, { assigneeId: agent.id })).status, 403);
  t.match(await pat.patch(`conversations/${id}`, { status: 'closed' }), { status: 200, body: { status: 'closed' } });
  await agent.patch(`conversations/${id}`, { status: 'open' });
  t.equal((await say(pat, id, 'Hello')).author.role, 'peer');
  t.match(await pat.patch(`conversations/${id}`, { assigneeId: null }), { status: 200, body: { assignee: null } });
  t.equal((await pat.get(`conversations/${id}`)).status, 404, 'released into the agents’ queue');
});

t.test('GET, PATCH, DELETE …/messages/:messageId', async (t) => {
  const user = await server.hostUser('routes-messages');
  const id = await ask(user);
  const path = `conversations/${id}/messages`;
  const sent = await say(user, id, 'two');
  t.same((await user.get(`${path}/${sent.id.toUpperCase()}`)).body, sent);
  t.match(await user.patch(`${path}/${sent.id}`, { content: 'zwei' }), {
    status: 200,
    body: { id: sent.id, content: 'zwei', editedAt: String, seq: 2, rev: 4, createdAt: sent.createdAt },
  });
  t.match(await agent.patch(`${path}/${sent.id}`, { content: 'x' }), { status: 403 }, 'its author alone edits');
  const answer = await say(agent, id, 'Hello');
  t.match(await user.delete(`${path}/${answer.id}`), { status: 403 });
  t.match(
    await agent.delete(`${path}/${sent.id}`),
    { status: 200, body: { content: null, deletedAt: String, rev: 6, author: { id: user.id } } },
    'agents delete',
  );
  t.match(await user.patch(`${path}/${sent.id}`, { content: 'x' }), { status: 409, body: { code: 'DELETED' } });
  const again = await user.delete(`${path}/${sent.id}`);
  t.match(again, { status: /200|409/ });
  t.equal((await look(user, id)).rev, 6, 'deleted once');
  t.notOk(JSON.stringify((await user.get(path)).body).includes('zwei'), 'gone from history');
  t.same((await user.post(`${path}/${answer.id}/stop`)).body, answer, 'what does not stream is as it is');
});

t.test('editing ends with the window: EDIT_WINDOW', async (t) => {
  let later = Date.now();
  const clocked = await startServer(t, {}, { now: () => later });
  const user = await clocked.visitor();
  const id = await ask(user);
  const sent = await say(user, id, 'two');
  const path = `conversations/${id}/messages/${sent.id}`;
  later += 3 * 60 * 60 * 1000 - 1000;
  t.equal((await user.patch(path, { content: 'x' })).status, 200);
  later += 2000;
  t.match(await user.patch(path, { content: 'y' }), { status: 409, body: { code: 'EDIT_WINDOW' } });
  t.equal((await user.delete(path)).status, 200, 'deleting has none');
});

t.test('an edit that changes nothing and editing a closed conversation', async (t) => {
  const user = await server.hostUser('routes-same');
  const id = await ask(user);
  const { items } = (await user.get(`conversations/${id}/messages`)).body;
  const same = await user.patch(`conversations/${id}/messages/${items[0].id}`, { content: ` ${items[0].content}\r\n` });
  t.equal(same.status, 200);
  t.ok(same.body.rev - items[0].rev <= 1);
});

t.test('participants: put in, titled, taken out by the host and moderators; leaving by oneself', async (t) => {
  const [boss, one] = [await server.hostUser('routes-boss'), await server.hostUser('routes-one')];
  const { body: room } = await key.post('conversations', {
    kind: 'room',
    externalId: 'routes-room',
    subject: 'Call',
    participants: [{ userId: boss.id, moderator: true, title: 'chair' }, { externalId: 'routes-one' }],
  });
  const path = `conversations/${room.id}`;
  t.match(room, { kind: 'room', externalId: 'routes-room', subject: 'Call', participantCount: 2, status: 'open' });
  const guest = { externalId: 'routes-new', name: 'New', title: 'guest' };
  t.equal((await boss.post(`${path}/participants`, guest)).status, 404, 'only the host names who is new');
  t.match(await key.post(`${path}/participants`, guest), {
    status: 201,
    body: { user: { name: 'New', title: 'guest' }, moderator: false, leftAt: null },
  });
  t.match(await boss.post(`${path}/participants`, { userId: one.id, moderator: true }), {
    status: 200,
    body: { moderator: true },
  });
  const said = await say(boss, room.id, 'Hello');
  t.match(said.author, { id: boss.id, title: 'chair', role: 'user' }, 'title, kept on each message too');
  await key.post(`${path}/participants`, { userId: boss.id, title: 'host' });
  t.match((await boss.get(`${path}/messages/${said.id}`)).body.author, { title: 'chair' }, 'as written');
  t.match((await say(boss, room.id, 'again')).author, { title: 'host' });
  t.match(
    await boss.delete(`${path}/messages/${(await say(one, room.id, 'x')).id}`),
    { status: 200 },
    'a moderator deletes',
  );
  t.match(await boss.patch(path, { subject: 'Another' }), { status: 200, body: { subject: 'Another' } });
  const plain = await server.hostUser('routes-plain');
  await key.post(`${path}/participants`, { userId: plain.id });
  t.equal((await plain.patch(path, { subject: 'x' })).status, 403);
  t.equal((await plain.post(`${path}/participants`, { externalId: 'y' })).status, 403);
  t.equal((await plain.delete(`${path}/participants/${one.id}`)).status, 403);
  t.equal((await plain.delete(`${path}/participants/${plain.id}`)).status, 204, 'oneself');
  t.equal((await plain.get(path)).status, 404);
  t.equal((await boss.delete(`${path}/participants/${one.id}`)).status, 204);
  t.match(await key.patch(path, { status: 'closed' }), { status: 200, body: { status: 'closed' } });
  t.match(await boss.post(`${path}/messages`, { content: 'x' }), { status: 409, body: { code: 'CLOSED' } });
  t.equal((await boss.patch(`${path}/messages/${said.id}`, { content: 'edited' })).status < 500, true);
});

t.test('Admins read no direct conversation and no room that they are not in', async (t) => {
  const one = await server.hostUser('routes-private');
  const { body: room } = await key.post('conversations', { kind: 'room', participants: [{ userId: one.id }] });
  const direct = (await one.post('messages', { to: { userId: agent.id }, message: { content: 'x' } })).body
    .conversationId;
  for (const id of [room.id, direct]) t.equal((await admin.get(`conversations/${id}`)).status, 404);
  t.notOk((await admin.get('conversations?limit=200')).body.items.some(({ kind }: Body) => kind === 'direct'));
});

t.test('GET /healthz, /readyz', async (t) => {
  t.equal((await server.request('GET', '/healthz')).status, 200);
  t.equal((await server.request('GET', '/readyz')).status, 200);
});

t.test('a message in history, in an answer and in an event is the same message', async (t) => {
  const user = await server.hostUser('routes-same-message');
  const id = await ask(user);
  const line = await user.connect();
  const answer = await say(agent, id, 'Hello');
  const { message } = await line.event('message.created');
  t.same(message, answer);
  t.same((await user.get(`conversations/${id}/messages`)).body.items.at(-1), answer);
  t.match(answer, {
    kind: 'text',
    ai: false,
    attachments: [],
    author: { id: agent.id, name: 'ann', role: 'agent' },
    editedAt: null,
    deletedAt: null,
  });
  t.notOk('email' in answer.author || 'state' in answer || 'afterSeq' in answer || 'quickReplies' in answer);
});
