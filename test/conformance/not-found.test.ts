import { randomUUIDv7 } from 'node:crypto';
import t from 'tap';
import type { Person } from './server.ts';
import { startServer } from './server.ts';
import { ask, look, say } from './words.ts';

const server = await startServer(t, { direct: 'everybody' });
const agent = await server.member('agent', 'ann');
const pat = await server.member('peer', 'pat');
const key = await server.key('*');

/** The whole answer, as it stands on the wire, but for what belongs to the moment. */
async function wire(who: Person, method: string, path: string, body?: object): Promise<string> {
  const response = await fetch(`${server.url}/v1/${path}`, {
    method,
    headers: {
      authorization: `Bearer ${who.token}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const headers = [...response.headers].filter(([name]) => name !== 'date' && !name.startsWith('x-ratelimit'));
  return JSON.stringify([response.status, headers, await response.text()]);
}

const routes: [method: string, path: (conversation: string, message: string, user: string) => string, body?: object][] =
  [
    ['GET', (c) => `conversations/${c}`],
    ['PATCH', (c) => `conversations/${c}`, { status: 'closed' }],
    ['GET', (c) => `conversations/${c}/messages`],
    ['POST', (c) => `conversations/${c}/messages`, { content: 'x' }],
    ['GET', (c, m) => `conversations/${c}/messages/${m}`],
    ['PATCH', (c, m) => `conversations/${c}/messages/${m}`, { content: 'x' }],
    ['DELETE', (c, m) => `conversations/${c}/messages/${m}`],
    ['POST', (c, m) => `conversations/${c}/messages/${m}/stop`],
    ['GET', (c) => `conversations/${c}/sync?since=0`],
    ['POST', (c) => `conversations/${c}/read`, { seq: 1 }],
    ['POST', (c) => `conversations/${c}/delivered`, { seq: 1 }],
    ['POST', (c) => `conversations/${c}/typing`, { on: true }],
    ['GET', (c) => `conversations/${c}/participants`],
    ['POST', (c) => `conversations/${c}/participants`, { userId: '01890a5d-ac96-774b-bcce-b302099a8057' }],
    ['DELETE', (c, _m, u) => `conversations/${c}/participants/${u}`],
  ];

t.test('not there or not for you, byte for byte the same', async (t) => {
  const [owner, stranger, anonymous] = [
    await server.hostUser('missing-owner'),
    await server.hostUser('missing-stranger'),
    await server.visitor(),
  ];
  const other = await server.hostUser('missing-other');
  const support = await ask(owner);
  const first = (await owner.get(`conversations/${support}/messages`)).body.items[0].id;
  const direct = (await owner.post('messages', { to: { userId: other.id }, message: { content: 'x' } })).body;
  const { body: room } = await key.post('conversations', { kind: 'room', participants: [{ userId: owner.id }] });
  const inRoom = await say(owner, room.id, 'x');
  const { team } = await look(agent, support);
  const note = await say(agent, team.id, 'a note');

  const hidden: [name: string, who: Person, conversation: string, message: string, user: string][] = [
    ["a stranger's support", stranger, support, first, owner.id],
    ["an anonymous visitor's, of another's support", anonymous, support, first, owner.id],
    ['a direct conversation of others', stranger, direct.conversationId, direct.id, owner.id],
    ['a room that one is not in', stranger, room.id, inRoom.id, owner.id],
    ['a direct conversation, for an agent', agent, direct.conversationId, direct.id, owner.id],
    ['a room, for an agent', agent, room.id, inRoom.id, owner.id],
    ['an agent’s conversation, for a peer', pat, support, first, owner.id],
    ['the side, for its customer', owner, team.id, note.id, owner.id],
    ['the side, for a stranger', stranger, team.id, note.id, owner.id],
  ];
  const nothing = randomUUIDv7();
  for (const [name, who, conversation, message, user] of hidden) {
    for (const [method, path, body] of routes) {
      const is = await wire(who, method, path(conversation, message, user), body);
      const isNot = await wire(who, method, path(nothing, randomUUIDv7(), randomUUIDv7()), body);
      t.equal(is, isNot, `${name}: ${method} ${path('…', '…', '…')}`);
      t.match(is, /^\[404,/, `${name}: ${method} ${path('…', '…', '…')}`);
    }
  }
  const unknownRoute = JSON.parse(await wire(stranger, 'GET', 'nowhere'));
  t.equal(
    unknownRoute[2],
    JSON.parse(await wire(stranger, 'GET', `conversations/${nothing}`))[2],
    'and a route that is not there',
  );
});

t.test('a guest who is not there: by their id and by the host’s', async (t) => {
  const moderator = await server.hostUser('missing-moderator');
  const participants = [{ userId: moderator.id, moderator: true }];
  const { body: room } = await key.post('conversations', { kind: 'room', participants });
  const path = `conversations/${room.id}/participants`;
  const answers = [
    await wire(moderator, 'POST', path, { userId: randomUUIDv7() }),
    await wire(moderator, 'POST', path, { externalId: 'nobody was named so' }),
    await wire(moderator, 'POST', `conversations/${randomUUIDv7()}/participants`, { userId: moderator.id }),
  ];
  t.same(answers, Array(3).fill(answers[2]));
  t.match(answers[0], /^\[404,/);
});

t.test('over a socket too', async (t) => {
  const [owner, stranger] = [await server.visitor(), await server.visitor()];
  const support = await ask(owner);
  const { id: messageId } = (await owner.get(`conversations/${support}/messages`)).body.items[0];
  const line = await stranger.connect();
  const frames = (conversationId: string, message: string) => [
    { type: 'message.send', conversationId, message: { content: 'x' } },
    { type: 'message.edit', conversationId, messageId: message, content: 'x' },
    { type: 'message.delete', conversationId, messageId: message },
    { type: 'message.stop', conversationId, messageId: message },
    { type: 'conversation.read', conversationId, seq: 1 },
    { type: 'conversation.delivered', conversationId, seq: 1 },
    { type: 'conversation.view', conversationId, viewing: true },
    { type: 'conversation.sync', conversationId, since: 0 },
    { type: 'typing.set', conversationId, on: true },
  ];
  const strange = frames(randomUUIDv7(), randomUUIDv7());
  for (const [index, frame] of frames(support, messageId).entries()) {
    const { re: _, ...answer } = await line.call(frame);
    const { re: __, ...other } = await line.call(strange[index] as object);
    t.same(answer, other, frame.type);
    t.match(answer, { type: 'error', code: 'NOT_FOUND' }, frame.type);
  }
});

t.test('a message of another conversation is not found in this one', async (t) => {
  const owner = await server.visitor();
  const [one, two] = [await ask(owner), (await owner.post('conversations', { kind: 'support' })).body.id];
  const { id: messageId } = (await owner.get(`conversations/${one}/messages`)).body.items[0];
  for (const method of ['GET', 'DELETE'])
    t.equal((await owner.request(method, `conversations/${two}/messages/${messageId}`)).status, 404, method);
  t.equal((await owner.patch(`conversations/${two}/messages/${messageId}`, { content: 'x' })).status, 404);
});

t.test('FORBIDDEN: only about what the caller may know to exist', async (t) => {
  const owner = await server.visitor();
  const id = await ask(owner);
  const answer = await say(agent, id, 'Hello');
  const forbidden: [string, string, object?][] = [
    ['PATCH', `conversations/${id}`, { status: 'closed' }],
    ['PATCH', `conversations/${id}/messages/${answer.id}`, { content: 'x' }],
    ['DELETE', `conversations/${id}/messages/${answer.id}`],
    ['POST', `conversations/${id}/participants`, { userId: agent.id }],
  ];
  for (const [method, path, body] of forbidden) {
    t.match(await owner.request(method, path, body), { status: 403, body: { code: 'FORBIDDEN' } }, `${method} ${path}`);
  }
  for (const path of ['users', `users/${agent.id}`, 'api-keys', 'me/sessions']) {
    t.ok([403, 404, 200].includes((await owner.get(path)).status), path);
  }
  t.equal((await owner.get('api-keys')).status, 403);
  t.equal((await agent.get('api-keys')).status, 403);
});
