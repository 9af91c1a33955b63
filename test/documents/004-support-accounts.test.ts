/**
 * Document 004: users and admins log in and talk in support conversations, ACTIVE or CLOSED, with unread numbers, read
 * receipts and typing; an admin begins one with a user. Its holes: `authenticate {userId, role}` believed, two first
 * messages that make two conversations, typing told to strangers, a closed conversation that is written to, and an
 * upgrade that begins with deleting everything.
 */
import t from 'tap';
import { startServer } from '../conformance/server.ts';
import type { Body } from '../helper.ts';

const server = await startServer(t);
const admin = await server.admin();
const agent = await server.member('agent', 'ann');

t.test('everybody logs in; a wrong password and an unknown address are the same answer', async (t) => {
  const user = { name: 'Una', email: 'una@example.com', role: 'user', password: 'lamps are lovely' };
  t.equal((await admin.post('users', user)).status, 201);
  const login = (email: string, password: string) => server.request('POST', 'auth/login', { email, password });
  const good = await login('una@example.com', user.password);
  t.equal(good.status, 200);
  t.match(good.body, { user: { name: 'Una', role: 'user' }, token: String, refreshToken: String });
  const [wrong, unknown] = [await login('una@example.com', 'no'), await login('nobody@example.com', 'no')];
  t.equal(wrong.status, 401);
  t.same(wrong.body, unknown.body);
});

t.test('a talk from its first message to its end, with unread, receipts and typing', async (t) => {
  const user = await server.member('user', 'ulf');
  const [customer, team] = [await user.connect(), await agent.connect({ inbox: true })];
  const asked = await customer.call({ type: 'message.send', to: 'support', message: { content: 'My order?' } });
  const { conversationId } = asked.message;
  await team.event((event) => event.type === 'message.created' && event.conversationId === conversationId);
  t.match((await agent.get(`conversations/${conversationId}`)).body.my, { unread: 1 });

  await team.call({ type: 'conversation.view', conversationId, viewing: true });
  await customer.call({ type: 'typing.set', conversationId, on: true });
  t.match(await team.event('typing'), { conversationId, user: { id: user.id } });
  await team.call({ type: 'conversation.read', conversationId, seq: 1 });
  t.match(await customer.event('participant.read'), { userId: 'team', readSeq: 1 });
  await team.call({ type: 'typing.set', conversationId, on: true });
  t.match(await customer.event('typing'), { user: { role: 'agent' } });
  await team.call({ type: 'message.send', conversationId, message: { content: 'On its way.' } });
  await customer.event((event) => event.type === 'message.created');
  t.equal((await user.get('unread')).body.total, 1);
  await customer.call({ type: 'conversation.read', conversationId, seq: 2 });
  t.match(await team.event(({ type, userId }) => type === 'participant.read' && userId === user.id), { readSeq: 2 });
  t.equal((await user.get('unread')).body.total, 0);

  t.equal((await agent.patch(`conversations/${conversationId}`, { status: 'closed' })).status, 200);
  t.match(await customer.event('conversation.updated'), { conversation: { status: 'closed' } });
  t.same(
    (await user.get('conversations?status=closed')).body.items.map(({ id }: Body) => id),
    [conversationId],
  );
});

t.test('an admin begins a conversation with a user, who hears of it', async (t) => {
  const user = await server.member('user', 'ute');
  const line = await user.connect();
  const { status, body } = await admin.post('messages', {
    to: { customerId: user.id },
    message: { content: 'About your order' },
  });
  t.equal(status, 201);
  t.match(await line.event('conversation.created'), { conversationId: body.conversationId });
  t.match(await line.event('message.created'), { message: { content: 'About your order', author: { role: 'admin' } } });
  t.notMatch(JSON.stringify(line.frames), /admin@example\.com/, 'without the team’s address');
});

t.test('who one is comes from the token alone', async (t) => {
  const user = await server.member('user', 'uwe');
  const line = await server.line();
  for (const more of [{ userId: admin.id }, { role: 'ADMIN' }, { userId: admin.id, role: 'admin' }]) {
    t.match(await line.call({ type: 'hello', token: user.token, ...more }), { type: 'error', code: 'VALIDATION' });
  }
  t.match(await line.call({ type: 'authenticate', userId: admin.id, role: 'ADMIN' }), { code: 'UNKNOWN_TYPE' });
  t.match(await line.call({ type: 'hello', token: user.token }), {
    type: 'welcome',
    user: { id: user.id, role: 'user' },
  });
  t.equal((await user.patch('me', { role: 'admin' })).status, 400);
  t.equal((await user.get('users')).status, 403);
});

t.test('two first messages at the same moment make one conversation', async (t) => {
  const user = await server.member('user', 'udo');
  const lines = [await user.connect(), await user.connect()];
  const answers = await Promise.all(
    lines.map((line, index) => line.call({ type: 'message.send', to: 'support', message: { content: String(index) } })),
  );
  t.equal(new Set(answers.map(({ message }) => message.conversationId)).size, 1);
  t.same(answers.map(({ message }) => message.seq).sort(), [1, 2]);
  t.equal((await user.get('conversations')).body.items.length, 1);
});

t.test('typing reaches nobody who is not in it', async (t) => {
  const [user, other] = [await server.member('user', 'uta'), await server.member('user', 'ugo')];
  const [line, stranger] = [await user.connect(), await other.connect()];
  const { body } = await user.post('messages', { to: 'support', message: { content: 'Hi' } });
  await line.call({ type: 'typing.set', conversationId: body.conversationId, on: true });
  t.match(await stranger.call({ type: 'typing.set', conversationId: body.conversationId, on: true }), {
    code: 'NOT_FOUND',
  });
  t.same(await stranger.rest(), []);
});

t.test('what is closed is opened again by the customer’s message, and by no message of the team', async (t) => {
  const user = await server.member('user', 'ulla');
  const { body } = await user.post('messages', { to: 'support', message: { content: 'Hi' } });
  const id = body.conversationId;
  await agent.patch(`conversations/${id}`, { status: 'closed' });
  t.equal((await agent.post(`conversations/${id}/messages`, { content: 'One more thing' })).status, 201);
  t.equal((await user.get(`conversations/${id}`)).body.status, 'closed', 'it is told, and stays closed');
  const late = await user.post(`conversations/${id}/messages`, { content: 'Still broken' });
  t.equal(late.status, 201);
  t.equal((await user.get(`conversations/${id}`)).body.status, 'open');
});
