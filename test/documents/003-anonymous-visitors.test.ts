/**
 * Document 003: an anonymous visitor writes to the team, comes back later, and is answered; address and browser are
 * kept; what an automaton wrote is marked; the team sees all chats; health. Its holes: all chats for anybody, anybody
 * writing as admin, a session's id that is its password and stands in the address, any origin, a missing argument that
 * ends the process, a forged address.
 */
import t from 'tap';
import { startServer } from '../conformance/server.ts';
import type { Body } from '../helper.ts';
import { n8n, withBot } from './n8n.ts';

t.test('a visitor writes, comes back by their token, and is answered', async (t) => {
  const server = await startServer(t);
  const [visitor, agent] = [
    await server.visitor({ context: { page: 'https://shop.example/lamps' } }),
    await server.member('agent', 'ann'),
  ];
  const { body: asked } = await visitor.post('messages', {
    to: 'support',
    message: { content: 'Is it in the stock?' },
  });
  const again = await server.request('POST', 'visitors', {}, visitor.token);
  t.equal(again.status, 200);
  t.equal(again.body.user.id, visitor.id, 'the same visitor');

  const line = await visitor.connect();
  const inbox = (await agent.get('conversations?kind=support&status=open')).body.items;
  t.same(
    inbox.map(({ id }: Body) => id),
    [asked.conversationId],
  );
  await agent.post(`conversations/${asked.conversationId}/messages`, { content: 'It is.' });
  t.match(await line.event('message.created'), {
    message: { content: 'It is.', ai: false, author: { role: 'agent' } },
  });

  const seen = (await agent.get(`conversations/${asked.conversationId}`)).body.team;
  t.match(seen, { ip: /127\.0\.0\.1/, userAgent: String, context: { page: 'https://shop.example/lamps' } });
  const own = JSON.stringify((await visitor.get(`conversations/${asked.conversationId}`)).body);
  t.notMatch(own, /127\.0\.0\.1|userAgent|"team":/, 'which the visitor is not told');
});

t.test('what an automaton wrote is marked', async (t) => {
  const webhook = await n8n(t, () => ({ body: { reply: 'I am a machine.' } }));
  const server = await withBot(t, webhook.url);
  const visitor = await server.visitor();
  const line = await visitor.connect();
  const { body } = await visitor.post('messages?wait=reply', { to: 'support', message: { content: 'Hi' } });
  t.match(body.reply, { ai: true, author: { role: 'bot' }, content: 'I am a machine.' });
  t.match(await line.event(({ message }) => message?.ai), { message: { author: { role: 'bot' } } });
  const { body: history } = await visitor.get(`conversations/${body.message.conversationId}/messages`);
  t.same(
    history.items.map(({ ai }: Body) => ai),
    [false, true],
  );
});

t.test('health is for anybody, and says nothing else', async (t) => {
  const server = await startServer(t);
  for (const path of ['/healthz', '/readyz']) {
    const { status, body } = await server.request('GET', path);
    t.equal(status, 200, path);
    t.notMatch(JSON.stringify(body), /sqlite|postgres|\/tmp|password/i);
  }
});

t.test('the holes are closed', async (t) => {
  const server = await startServer(t, { origins: ['https://shop.example'] });
  const [visitor, other] = [await server.visitor(), await server.visitor()];
  const { body: asked } = await visitor.post('messages', { to: 'support', message: { content: 'Hi' } });

  t.equal((await server.request('GET', 'conversations')).status, 401, 'all chats are for nobody without a token');
  t.same((await other.get('conversations')).body.items, [], 'and a visitor sees their own');
  t.equal((await other.get(`conversations/${asked.conversationId}`)).status, 404);

  const line = await other.connect();
  t.match(await line.call({ type: 'admin_message', sessionId: asked.conversationId, content: 'Hi' }), {
    code: 'UNKNOWN_TYPE',
  });
  t.match(
    await line.call({
      type: 'message.send',
      conversationId: asked.conversationId,
      message: { content: 'I am the admin' },
    }),
    { code: 'NOT_FOUND' },
  );
  t.equal((await server.request('GET', 'me', undefined, visitor.id)).status, 401, 'an id is no credential');
  t.not(visitor.token, visitor.id);
  t.ok(visitor.token.length >= 25, 'the token is long enough to guess nobody’s');
  t.equal(
    (await server.request('GET', `conversations?token=${visitor.token}`)).status,
    401,
    'nor is anything in an address',
  );

  const from = (origin: string) => server.request('POST', 'visitors', {}, undefined, { origin });
  t.equal((await from('https://evil.example')).status, 403, 'a page that is not listed');
  const listed = await from('https://shop.example');
  t.equal(listed.status, 201);
  t.equal(listed.headers.get('access-control-allow-origin'), 'https://shop.example');
  await t.rejects(server.line({ origin: 'https://evil.example' }), /403/, 'the socket asks for the origin too');

  for (const text of [
    '{}',
    '[]',
    'null',
    '{"id":1}',
    '{"id":1,"type":"hello"}',
    '{"id":2,"type":"message.send"}',
    '"x"',
  ]) {
    line.send(text);
  }
  t.match(await line.call({ type: 'ping' }), { type: 'ok' }, 'a missing argument is an error, and the line stays');

  const forged = await server.request('POST', 'messages', { to: 'support', message: { content: 'Hi' } }, other.token, {
    'x-forwarded-for': '203.0.113.9',
  });
  const { body: team } = await (await server.member('agent', 'ben')).get(`conversations/${forged.body.conversationId}`);
  t.match(team.team.ip, /127\.0\.0\.1/, 'a forwarded address counts from a listed proxy only');
});
