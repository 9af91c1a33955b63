import { randomUUIDv7 } from 'node:crypto';
import t from 'tap';
import { startServer } from './server.ts';
import { ask, heard, look, say } from './words.ts';

const server = await startServer(t, { direct: 'everybody' });
const agent = await server.member('agent', 'ann');
const send = { type: 'message.send', message: { content: 'Hello' } };

t.test(
  'every reader, the asking socket too, gets conversation.created with rev 1 and seq 0, then the message as rev 2',
  async (t) => {
    const visitor = await server.visitor();
    const asking = await visitor.connect();
    const other = await visitor.connect();
    const team = await agent.connect({ inbox: true });
    await team.rest();
    const ok = await asking.call({ ...send, to: 'support' });
    t.match(ok, {
      type: 'ok',
      message: { seq: 1, rev: 2 },
      conversation: { seq: 1, rev: 2, kind: 'support', queue: 'agent' },
    });
    const created = asking.frames.find((frame) => frame.type === 'conversation.created');
    t.match(created, { rev: 1, conversation: { rev: 1, seq: 0, last: null, status: 'open' } });
    t.ok(asking.frames.indexOf(created) < asking.frames.indexOf(ok), 'in the order of rev');
    t.same(await heard(asking), ['conversation.created 1'], 'ok in place of its own event');
    t.same(await heard(other), ['conversation.created 1', 'message.created 2']);
    t.same(
      (await heard(team)).filter((type) => type !== 'inbox.counts'),
      ['conversation.created 1', 'message.created 2'],
    );
  },
);

t.test('by HTTP nobody is the asking socket: every socket gets both', async (t) => {
  const visitor = await server.visitor();
  const line = await visitor.connect();
  const made = await visitor.post('messages', { ...send, type: undefined, to: 'support' });
  t.match([made.status, made.body.rev], [201, 2]);
  t.same(await heard(line), ['conversation.created 1', 'message.created 2']);
});

t.test('a direct conversation is told to both, whoever of them asks', async (t) => {
  const [bob, cyd] = [await server.hostUser('making-bob'), await server.hostUser('making-cyd')];
  const [asking, other] = [await bob.connect(), await cyd.connect()];
  const ok = await asking.call({ ...send, to: { userExternalId: 'making-cyd' } });
  t.match(ok, { message: { rev: 2, seq: 1 }, conversation: { kind: 'direct', rev: 2 } });
  t.same(await heard(asking), ['conversation.created 1']);
  t.same(await heard(other), ['conversation.created 1', 'message.created 2']);
  const again = await other.call({ ...send, to: { userId: bob.id } });
  t.match(
    again,
    { message: { conversationId: ok.message.conversationId, rev: 3, seq: 2 } },
    'the same pair, the same conversation',
  );
  t.same(await heard(asking), ['message.created 3']);
  t.same(await heard(other), [], 'nothing is made again');
});

t.test("customerId is the customer's support conversation, by the team", async (t) => {
  const bob = await server.hostUser('making-customer');
  const asking = await agent.connect();
  const line = await bob.connect();
  const ok = await asking.call({ ...send, to: { customerId: bob.id } });
  t.match(ok, {
    type: 'ok',
    message: { seq: 1, rev: 2 },
    conversation: { kind: 'support', rev: 2, assignee: { id: agent.id } },
  });
  t.same(await heard(line), ['conversation.created 1', 'message.created 2']);
  const id = ok.message.conversationId;
  t.equal(await ask(bob), id, 'the one that `to: support` means');
  t.match(await (await bob.connect()).call({ ...send, to: { customerId: bob.id } }), {
    type: 'error',
    code: /FORBIDDEN|NOT_FOUND/,
  });
});

t.test('support is the agent queue; a queue has a conversation of its own', async (t) => {
  const visitor = await server.visitor();
  const line = await visitor.connect();
  const support = await line.call({ ...send, to: 'support' });
  const agents = await line.call({ ...send, to: { queue: 'agent' } });
  const peers = await line.call({ ...send, to: { queue: 'peer' } });
  t.equal(support.conversation.queue, 'agent');
  t.equal(agents.message.conversationId, support.message.conversationId);
  t.equal(peers.conversation.queue, 'peer');
  t.not(peers.message.conversationId, support.message.conversationId);
});

t.test("`to: 'support'` or `queue` by the team: FORBIDDEN", async (t) => {
  const peer = await server.member('peer', 'making-pat');
  for (const who of [agent, peer, await server.admin()]) {
    const line = await who.connect();
    t.match(await line.call({ ...send, to: 'support' }), { type: 'error', code: 'FORBIDDEN' });
    t.match(await line.call({ ...send, to: { queue: 'agent' } }), { type: 'error', code: 'FORBIDDEN' });
    t.match(await who.post('messages', { to: 'support', message: { content: 'x' } }), {
      status: 403,
      body: { code: 'FORBIDDEN' },
    });
  }
});

t.test(
  'a send with `to` looks for its id in the author’s conversations of that kind: found, it is the retry',
  async (t) => {
    const visitor = await server.visitor();
    const id = randomUUIDv7();
    const first = await visitor.post('messages', { to: 'support', message: { id, content: 'Hello' } });
    const again = await visitor.post('messages', { to: 'support', message: { id, content: 'Hello' } });
    t.match([first.status, again.status], [201, 200]);
    t.same(again.body, first.body);
    await agent.patch(`conversations/${first.body.conversationId}`, { status: 'closed' });
    const late = await visitor.post('messages', { to: 'support', message: { id, content: 'Hello' } });
    t.match(late, { status: 200, body: { conversationId: first.body.conversationId } }, 'found in the closed one too');
    t.match(await look(visitor, first.body.conversationId), { status: 'closed', seq: 1 }, 'a retry does nothing again');
    const reused = await visitor.post('messages', { to: 'support', message: { id, content: 'Another' } });
    t.match(reused, { status: 409, body: { code: 'ID_REUSED' } });
    const direct = await server.hostUser('making-retry');
    const fresh = await direct.post('messages', { to: 'support', message: { id, content: 'Hello' } });
    t.equal(fresh.status, 201, 'another author’s conversations are not looked into');
  },
);

t.test('the openKey is given up on closing and taken again on reopening if it is free', async (t) => {
  const visitor = await server.visitor();
  const one = await ask(visitor);
  await agent.patch(`conversations/${one}`, { status: 'closed' });
  const two = await ask(visitor);
  t.not(two, one, 'given up: `to` makes another');
  await say(visitor, one, 'still there?');
  t.equal((await look(visitor, one)).status, 'open', 'a message reopens');
  t.equal(await ask(visitor), two, 'it was not free');
  await agent.patch(`conversations/${two}`, { status: 'closed' });
  await agent.patch(`conversations/${one}`, { status: 'closed' });
  await say(visitor, one, 'and now?');
  t.equal(await ask(visitor), one, 'it was free');
});
