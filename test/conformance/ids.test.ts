import { createHmac, randomUUIDv7 } from 'node:crypto';
import t from 'tap';
import type { Body } from '../helper.ts';
import { startServer } from './server.ts';
import { ask, look, say } from './words.ts';

const SECRET = 'a secret of the host that is long enough';
const server = await startServer(t, { direct: 'everybody', jwtSecret: SECRET });
const agent = await server.member('agent', 'ann');
const key = await server.key('*');
const UPPER = /[A-F]/;

t.test('an id is accepted in any case wherever one stands, and answered in lower case', async (t) => {
  const [one, two] = [await server.hostUser('ids-one'), await server.hostUser('ids-two')];
  const support = (await ask(one)).toUpperCase();
  const { id } = await say(one, support, 'two');
  const message = id.toUpperCase();
  const { body: room } = await key.post('conversations', {
    kind: 'room',
    id: randomUUIDv7().toUpperCase(),
    participants: [{ userId: one.id.toUpperCase() }],
  });
  const inRoom = room.id.toUpperCase();
  const asked = [
    await one.get(`conversations/${support}`),
    await agent.patch(`conversations/${support}`, { assigneeId: agent.id.toUpperCase() }),
    await one.get(`conversations/${support}/messages`),
    await one.get(`conversations/${support}/messages/${message}`),
    await one.patch(`conversations/${support}/messages/${message}`, { content: 'zwei' }),
    await one.post(`conversations/${support}/read`, { seq: 1 }),
    await one.post(`conversations/${support}/delivered`, { seq: 1 }),
    await one.post(`conversations/${support}/typing`, { on: true }),
    await one.get(`conversations/${support}/sync?since=0`),
    await one.delete(`conversations/${support}/messages/${message}`),
    await one.post('conversations', { kind: 'direct', userId: two.id.toUpperCase() }),
    await one.post('messages', {
      to: { userId: two.id.toUpperCase() },
      message: { id: randomUUIDv7().toUpperCase(), content: 'x' },
    }),
    await agent.post('messages', { to: { customerId: two.id.toUpperCase() }, message: { content: 'x' } }),
    await agent.post('conversations', {
      kind: 'support',
      customerId: two.id.toUpperCase(),
      assigneeId: agent.id.toUpperCase(),
    }),
    await agent.get(`conversations?customer=${two.id.toUpperCase()}&assignee=${agent.id.toUpperCase()}`),
    await agent.get(`users/${two.id.toUpperCase()}`),
    await agent.get(`presence?users=${two.id.toUpperCase()}`),
    await key.post(`conversations/${inRoom}/participants`, { userId: two.id.toUpperCase() }),
    await key.delete(`conversations/${inRoom}/participants/${two.id.toUpperCase()}`),
  ];
  for (const [index, { status, body }] of asked.entries()) {
    t.ok(status < 300, `${index}: ${status} ${JSON.stringify(body).slice(0, 200)}`);
    const ids = JSON.stringify(body).match(/"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"/g) ?? [];
    for (const said of ids) t.notMatch(said, UPPER, `${index}`);
  }
  t.same((await agent.get(`conversations?customer=${two.id}`)).body.items.length, 2);

  const line = await one.connect();
  const watching = await agent.connect();
  const own = randomUUIDv7();
  const frames = [
    { type: 'message.send', conversationId: support, message: { id: own.toUpperCase(), content: 'x' } },
    { type: 'message.edit', conversationId: support, messageId: own.toUpperCase(), content: 'y' },
    { type: 'conversation.read', conversationId: support, seq: 1 },
    { type: 'conversation.delivered', conversationId: support, seq: 1 },
    { type: 'conversation.view', conversationId: support, viewing: true },
    { type: 'conversation.sync', conversationId: support, since: 0 },
    { type: 'typing.set', conversationId: support, on: true },
    { type: 'presence.watch', userIds: [one.id.toUpperCase(), 'team'] },
    { type: 'message.delete', conversationId: support, messageId: own.toUpperCase() },
  ];
  for (const frame of frames) t.not((await line.call(frame)).type, 'error', frame.type);
  t.match(await watching.call({ type: 'presence.watch', userIds: [one.id.toUpperCase()] }), {
    users: [{ id: one.id, state: 'online' }],
  });
});

t.test('what is no UUID is refused', async (t) => {
  const one = await server.hostUser('ids-bad');
  const bad = [
    'x',
    '',
    '01890a5dac96774bbcceb302099a8057',
    '{01890a5d-ac96-774b-bcce-b302099a8057}',
    'urn:uuid:01890a5d-ac96-774b-bcce-b302099a8057',
    '01890a5d-ac96-774b-bcce-b302099a805',
    '01890a5d-ac96-774b-bcce-b302099a80570',
    '01890a5d-ac96-774b-bcce-b302099a805g',
  ];
  for (const id of bad) {
    t.match(
      await one.post('messages', { to: 'support', message: { id, content: 'x' } }),
      { status: 400, body: { code: 'VALIDATION', details: { path: 'message.id' } } },
      id,
    );
    t.match(await one.post('conversations', { kind: 'support', id }), { status: 400 }, id);
    if (id !== '') t.equal((await one.get(`conversations/${encodeURIComponent(id)}`)).status, 400, id);
  }
});

t.test('a name is kept on each message as it was when written; participants show it as it is', async (t) => {
  const user = await server.hostUser('ids-name', { name: 'Before' });
  const id = await ask(user);
  await user.patch('me', { name: 'After' });
  await say(user, id, 'two');
  const { items } = (await user.get(`conversations/${id}/messages`)).body;
  t.same(
    items.map(({ author }: Body) => author.name),
    ['Before', 'After'],
  );
  t.match(await look(user, id), { participants: [{ user: { name: 'After' } }] });
});

t.test('which properties a conversation has, by kind and by who looks', async (t) => {
  const user = await server.hostUser('ids-kinds');
  const support = await ask(user);
  const direct = (await user.post('messages', { to: { userId: agent.id }, message: { content: 'x' } })).body
    .conversationId;
  const { body: room } = await key.post('conversations', {
    kind: 'room',
    externalId: 'ids-room',
    participants: [{ userId: user.id }],
  });
  const always = 'id kind seq rev status subject maxLength participants last activity createdAt closedAt'.split(' ');
  const inSupport = [...always, ...'assignee queue teamReadSeq teamReadAt waiting rating'.split(' ')];
  const views: [name: string, conversation: Body, properties: string[]][] = [
    ['support, its customer', await look(user, support), [...inSupport, 'my']],
    ['support, an agent', await look(agent, support), [...inSupport, 'my', 'team']],
    ['support, a key', await look(key, support), [...inSupport, 'team']],
    ['direct', await look(user, direct), [...always, 'my']],
    ['room', await look(user, room.id), [...always, 'my', 'participantCount', 'externalId']],
  ];
  for (const [name, conversation, properties] of views)
    t.same(Object.keys(conversation).sort(), properties.toSorted(), name);
  t.equal((await look(user, support)).participants.length, 1, 'support: the customer alone');
  t.equal((await look(user, direct)).participants.length, 2, 'direct: both');
  t.same(Object.keys((await look(user, room.id)).my).sort(), ['moderator', 'readSeq', 'unread']);
});

t.test(
  'last and activity: of the newest message that is neither system nor deleted; a notice moves nothing',
  async (t) => {
    const user = await server.hostUser('ids-last');
    const id = await ask(user, 'one');
    const two = await say(user, id, 'two');
    const before = await look(user, id);
    t.match(before.last, { seq: 2, authorId: user.id, kind: 'text', text: 'two', at: two.createdAt });
    await key.post(`conversations/${id}/messages`, { kind: 'system', content: 'Paid' });
    t.match(await look(user, id), { seq: 3, last: { seq: 2 }, activity: before.activity });
    await user.delete(`conversations/${id}/messages/${two.id}`);
    t.match(await look(user, id), { last: { seq: 1, text: 'one' }, activity: before.activity });
  },
);

t.test('nobody changes a direct conversation', async (t) => {
  const [one, two] = [await server.hostUser('ids-direct-one'), await server.hostUser('ids-direct-two')];
  const { body } = await one.post('conversations', { kind: 'direct', userId: two.id });
  for (const who of [one, two, key])
    t.match(await who.patch(`conversations/${body.id}`, { status: 'closed' }), {
      status: 403,
      body: { code: 'FORBIDDEN' },
    });
});

t.test('an externalId is its room’s for ever, closed or not', async (t) => {
  const { body: room } = await key.post('conversations', { kind: 'room', externalId: 'ids-for-ever' });
  await key.patch(`conversations/${room.id}`, { status: 'closed' });
  t.match(await key.post('conversations', { kind: 'room', externalId: 'ids-for-ever' }), {
    status: 200,
    body: { id: room.id, status: 'closed' },
  });
});

/** A token as the host signs it. */
function sign(claims: object, header: object = { alg: 'HS256', typ: 'JWT' }): string {
  const text = [header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
  return `${text}.${createHmac('sha256', SECRET).update(text).digest('base64url')}`;
}

t.test(
  "a host's token: exp required, a number, at most 400 days ahead; sub 1 to 200 code points; refused before anything is written",
  async (t) => {
    const soon = Math.floor(Date.now() / 1000) + 3600;
    const day = 24 * 60 * 60;
    const tokens: [name: string, claims: object, status: number][] = [
      ['good', { sub: 'ids-host', exp: soon, name: 'Host' }, 200],
      ['200 code points', { sub: '𝒳'.repeat(200), exp: soon }, 200],
      ['399 days', { sub: 'ids-host-399', exp: soon + 399 * day }, 200],
      ['401 days', { sub: 'ids-host-401', exp: soon + 401 * day }, 401],
      ['no exp', { sub: 'ids-host-none' }, 401],
      ['exp as text', { sub: 'ids-host-text', exp: `${soon}` }, 401],
      ['over', { sub: 'ids-host-over', exp: soon - 7200 }, 401],
      ['no sub', { exp: soon }, 401],
      ['empty sub', { sub: '', exp: soon }, 401],
      ['201 code points', { sub: 'x'.repeat(201), exp: soon }, 401],
      ['a control character', { sub: 'ids\nhost', exp: soon }, 401],
      ['sub as number', { sub: 5, exp: soon }, 401],
    ];
    const users = async () => (await agent.get('users?limit=200')).body.items.length;
    for (const [name, claims, status] of tokens) {
      const before = await users();
      const answer = await server.request('GET', 'me', undefined, sign(claims));
      t.equal(answer.status, status, `${name}: ${JSON.stringify(answer.body)}`);
      if (status === 401) t.equal(await users(), before, `${name}: nobody is made`);
    }
    t.match(
      (await server.request('GET', 'me', undefined, sign({ sub: 'ids-host', exp: soon, role: 'admin' }))).body,
      { role: 'user', externalId: 'ids-host', anonymous: false },
      'role honoured only when a setting allows it',
    );
    t.equal((await server.request('GET', 'me', undefined, sign({ sub: 'x', exp: soon }, { alg: 'none' }))).status, 401);
  },
);
