import t from 'tap';
import { type Actor, startApp, type TestApp } from '../helper.ts';

type Way = {
  name: string;
  /** Ends the access of `who`; resolves when the server has answered. */
  end: (app: TestApp, who: Actor) => Promise<unknown>;
  code: number;
};

const asAdmin = async (app: TestApp, method: string, path: string, body?: object) => {
  const answer = await (await app.admin()).request(method, path, body);
  if (answer.status >= 300) throw new Error(JSON.stringify(answer.body));
};

const WAYS: Way[] = [
  { name: 'blocking', code: 4202, end: (app, who) => asAdmin(app, 'POST', `users/${who.user.id}/block`) },
  {
    name: 'disabling',
    code: 4201,
    end: (app, who) => asAdmin(app, 'PATCH', `users/${who.user.id}`, { disabled: true }),
  },
  {
    name: 'another role',
    code: 4001,
    end: (app, who) => asAdmin(app, 'PATCH', `users/${who.user.id}`, { role: 'peer' }),
  },
  {
    name: 'a new password',
    code: 4201,
    end: (app, who) => asAdmin(app, 'PATCH', `users/${who.user.id}`, { password: 'another horse battery' }),
  },
  { name: 'logout', code: 4201, end: async (_app, who) => who.request('POST', 'auth/logout') },
];

for (const { name, end, code } of WAYS) {
  t.test(`${name} ends open lines before the next message`, async (t) => {
    const app = await startApp(t);
    const visitor = await app.visitor();
    const agent = await app.member('agent', 'ann');
    const customer = await visitor.connect();
    const line = await agent.connect({ inbox: true });
    const { message } = await customer.call({ type: 'message.send', to: 'support', message: { content: 'one' } });
    await line.event('message.created');
    await end(app, agent);
    const { conversationId } = message;
    await customer.call({ type: 'message.send', conversationId, message: { content: 'two' } });
    t.equal((await line.closed).code, code);
    t.match(line.frames.at(-1), { type: 'bye', code }, 'told before it is closed');
    t.notOk(JSON.stringify(line.frames).includes('two'), 'the next message is not heard');
    t.match(await customer.call({ type: 'ping' }), { type: 'ok' }, 'others are not touched');
  });
}

t.test('logging out ends the lines of that session alone', async (t) => {
  const app = await startApp(t);
  const admin = await app.admin();
  const other = await app.request('POST', 'auth/login', {
    email: 'admin@example.com',
    password: 'correct horse battery',
  });
  const kept = await admin.connect();
  const ended = await app.actor(other.body.token, other.body.user).connect();
  await app.request('POST', 'auth/logout', {}, other.body.token);
  t.equal((await ended.closed).code, 4201);
  t.match(await kept.call({ type: 'ping' }), { type: 'ok' });
});

t.test('who is taken out of a room is told so, and hears nothing more of it', async (t) => {
  const app = await startApp(t);
  const [ann, bob] = [await app.hostUser('ann'), await app.hostUser('bob')];
  const key = await app.key('*');
  const participants = [{ userId: ann.user.id }, { userId: bob.user.id }];
  const { body: room } = await key.request('POST', 'conversations', { kind: 'room', externalId: 'r', participants });
  const [a, b] = [await ann.connect(), await bob.connect()];
  await a.call({ type: 'message.send', conversationId: room.id, message: { content: 'one' } });
  await b.event('message.created');
  t.equal((await key.request('DELETE', `conversations/${room.id}/participants/${bob.user.id}`)).status, 204);
  await a.call({ type: 'message.send', conversationId: room.id, message: { content: 'two' } });
  const heard = await b.rest();
  t.same(
    heard.map(({ type, conversationId }) => ({ type, conversationId })),
    [{ type: 'conversation.removed', conversationId: room.id }],
  );
  for (const command of [
    { type: 'message.send', message: { content: 'x' } },
    { type: 'conversation.sync', since: 0 },
    { type: 'conversation.view', viewing: true },
    { type: 'conversation.read', seq: 1 },
    { type: 'typing.set', on: true },
  ]) {
    t.match(await b.call({ conversationId: room.id, ...command }), { type: 'error', code: 'NOT_FOUND' }, command.type);
  }
});

t.test('a peer whom a conversation is taken from hears nothing more of it', async (t) => {
  const app = await startApp(t);
  const [agent, peer, visitor] = [
    await app.member('agent', 'ann'),
    await app.member('peer', 'pat'),
    await app.visitor(),
  ];
  const [customer, line] = [await visitor.connect(), await peer.connect()];
  const { message } = await customer.call({ type: 'message.send', to: 'support', message: { content: 'one' } });
  const { conversationId } = message;
  const assign = (assigneeId: string | null) =>
    agent.request('PATCH', `conversations/${conversationId}`, { assigneeId });
  t.equal((await assign(peer.user.id)).status, 200);
  t.match(await line.event('conversation.created'), {
    conversationId,
    conversation: { assignee: { id: peer.user.id } },
  });
  await assign(agent.user.id);
  await customer.call({ type: 'message.send', conversationId, message: { content: 'two' } });
  t.match(await line.rest(), [{ type: 'conversation.removed', conversationId }]);
  t.match(await line.call({ type: 'conversation.sync', conversationId, since: 0 }), { code: 'NOT_FOUND' });
});

t.test('a hello under way while its user is blocked does not get through', async (t) => {
  const app = await startApp(t);
  const [admin, visitor] = [await app.admin(), await app.visitor()];
  // Both arrive in any order: never a welcome after which the line lives on.
  for (let round = 0; round < 20; round += 1) {
    const [answer] = await Promise.all([
      visitor.connect().then(
        (line) => line,
        (error: Error) => error,
      ),
      admin.request('POST', `users/${visitor.user.id}/block`),
    ]);
    if ('closed' in answer) t.equal((await answer.closed).code, 4202);
    else t.match(answer.message, /BLOCKED|closed while/);
    await admin.request('POST', `users/${visitor.user.id}/unblock`);
  }
});
