import t from 'tap';
import type { Body } from '../helper.ts';
import { startServer } from './server.ts';
import { ask, heardOf, look, say } from './words.ts';

const server = await startServer(t);
const agent = await server.member('agent', 'ann');
const bob = await server.member('agent', 'bob');
const pat = await server.member('peer', 'pat');
const key = await server.key('*');
const brief = (events: Body[]) => events.map(({ type, rev }) => (rev === undefined ? type : `${type} ${rev}`));

t.test(
  'who comes into a room gets conversation.created with the rev after the whole request and no other event of it',
  async (t) => {
    const [one, two] = [await server.hostUser('coming-one'), await server.hostUser('coming-two')];
    const { body: room } = await key.post('conversations', { kind: 'room', participants: [{ userId: one.id }] });
    const [inside, outside] = [await one.connect(), await two.connect()];
    await key.post(`conversations/${room.id}/participants`, { userId: two.id });
    const told = await heardOf(outside, room.id);
    t.same(brief(told), ['conversation.created 3']);
    t.match(told[0].conversation, { rev: 3, seq: 1, participantCount: 2 });
    t.same(brief(await heardOf(inside, room.id)), ['participant.updated 2', 'message.created 3']);
    await say(one, room.id, 'welcome');
    t.same(brief(await heardOf(outside, room.id)), ['message.created 4'], 'start following at rev');

    t.same(brief(await heardOf(inside, room.id)), ['message.created 4']);

    await key.delete(`conversations/${room.id}/participants/${two.id}`);
    t.same(brief(await heardOf(outside, room.id)), ['conversation.removed'], 'who goes out: no other event of it');
    t.same(brief(await heardOf(inside, room.id)), ['participant.updated 5', 'message.created 6']);
    await say(one, room.id, 'alone');
    t.same(await heardOf(outside, room.id), []);

    await key.post(`conversations/${room.id}/participants`, { userId: two.id });
    t.same(brief(await heardOf(outside, room.id)), ['conversation.created 9'], 'and in again');
    await two.delete(`conversations/${room.id}/participants/${two.id}`);
    t.same(brief(await heardOf(outside, room.id)), ['conversation.removed'], 'going by oneself is going out');
  },
);

t.test('the first participants of a room get conversation.created with rev 1', async (t) => {
  const one = await server.hostUser('coming-first');
  const line = await one.connect();
  const { body: room } = await key.post('conversations', { kind: 'room', participants: [{ userId: one.id }] });
  t.same(brief(await heardOf(line, room.id)), ['conversation.created 1']);
});

t.test(
  'who may read a conversation that is made gets conversation.created with rev 1, and no other event of it',
  async (t) => {
    const customer = await server.hostUser('coming-made');
    const lines = [
      await customer.connect(),
      await agent.connect({ inbox: true }),
      await bob.connect(),
      await pat.connect({ inbox: true }),
    ] as const;
    const made = await agent.post('conversations', { kind: 'support', customerId: customer.id, assigneeId: bob.id });
    const { id } = made.body;
    for (const line of lines.slice(0, 3)) t.same(brief(await heardOf(line, id)), ['conversation.created 1']);
    t.same(await heardOf(lines[3], id), []);
    t.notOk(
      'team' in (lines[0].frames.find(({ conversationId }) => conversationId === id)?.conversation ?? { team: 1 }),
    );
  },
);

t.test('a peer comes into what is assigned to them and goes out with it', async (t) => {
  const customer = await server.visitor();
  const id = await ask(customer);
  const line = await pat.connect();
  await agent.patch(`conversations/${id}`, { assigneeId: pat.id, subject: 'yours' });
  const told = await heardOf(line, id);
  t.same(brief(told), ['conversation.created 3']);
  const { team } = told[0].conversation;
  t.ok(team, 'the assigned peer has the side');
  t.match(team, { ip: null, userAgent: null }, 'without ip and userAgent');
  t.same(await heardOf(line, team.id), [], 'nor any event of its side');
  t.equal((await pat.get(`conversations/${team.id}/messages`)).status, 200);
  await say(customer, id, 'to you');
  t.same(brief(await heardOf(line, id)), ['message.created 4']);
  await agent.patch(`conversations/${id}`, { assigneeId: bob.id });
  t.same(brief(await line.rest()), ['conversation.removed'], 'and nothing of the side');
  t.equal((await pat.get(`conversations/${team.id}/messages`)).status, 404);
  t.equal((await pat.get(`conversations/${id}`)).status, 404);
});

t.test(
  'a peer who watches the inbox hears what waits in the peer queue, and loses it when somebody else has it',
  async (t) => {
    const customer = await server.visitor();
    const line = await pat.connect({ inbox: true });
    const sent = await customer.post('messages', { to: { queue: 'peer' }, message: { content: 'Hello' } });
    const id = sent.body.conversationId;
    const told = await heardOf(line, id);
    t.same(brief(told), ['conversation.created 1', 'message.created 2']);
    t.notOk('team' in told[0].conversation, 'to peers for what waits, no team at all');
    await agent.patch(`conversations/${id}`, { assigneeId: bob.id });
    t.same(brief(await heardOf(line, id)), ['conversation.removed']);
    await agent.patch(`conversations/${id}`, { assigneeId: null });
    t.same(brief(await heardOf(line, id)), ['conversation.created 4'], 'back in the queue');
    const agents = await ask(customer);
    t.same(await heardOf(line, agents), [], 'the agent queue is not theirs');
  },
);

t.test(
  'beginning to hear by assignment is told by conversation.created, the change that ends it is the last one told',
  async (t) => {
    const customer = await server.visitor();
    const id = await ask(customer);
    const line = await bob.connect();
    await say(customer, id, 'not yet');
    t.same(await heardOf(line, id), [], 'without inbox.watch nothing of it');
    await agent.patch(`conversations/${id}`, { assigneeId: bob.id });
    t.same(brief(await heardOf(line, id)), ['conversation.created 4']);
    await say(customer, id, 'to bob');
    t.same(brief(await heardOf(line, id)), ['message.created 5']);
    await agent.patch(`conversations/${id}`, { assigneeId: agent.id });
    const last = await heardOf(line, id);
    t.same(brief(last), ['conversation.updated 6'], 'the change that ends it; reading goes on, so nothing is removed');
    t.match(last[0].conversation.assignee, { id: agent.id });
    await say(customer, id, 'to ann');
    t.same(await heardOf(line, id), []);
    t.equal((await bob.get(`conversations/${id}`)).status, 200);
  },
);

t.test('beginning to hear by viewing is told by conversation.created', async (t) => {
  const customer = await server.visitor();
  const id = await ask(customer);
  const line = await bob.connect();
  t.match(await line.call({ type: 'conversation.view', conversationId: id, viewing: true }), { type: 'ok' });
  t.same(brief((await heardOf(line, id)).filter(({ type }) => type !== 'viewer')), ['conversation.created 2']);
  await say(customer, id, 'two');
  t.same(brief(await heardOf(line, id)), ['message.created 3']);
  await agent.patch(`conversations/${id}`, { assigneeId: bob.id });
  t.same(brief(await heardOf(line, id)), ['conversation.updated 4'], 'heard already: nothing is created again');
  await line.call({ type: 'conversation.view', conversationId: id, viewing: false });
  await say(customer, id, 'three');
  t.same(brief(await heardOf(line, id)), ['message.created 5'], 'still assigned');
  await agent.patch(`conversations/${id}`, { assigneeId: agent.id });
  t.same(brief(await heardOf(line, id)), ['conversation.updated 6']);
  await say(customer, id, 'four');
  t.same(await heardOf(line, id), []);
});

t.test('an answer that takes a conversation over begins to be heard on every socket of its author', async (t) => {
  const customer = await server.visitor();
  const id = await ask(customer);
  const [asking, other] = [await bob.connect(), await bob.connect()];
  const ok = await asking.call({ type: 'message.send', conversationId: id, message: { content: 'Hello' } });
  t.match(ok, { type: 'ok', message: { rev: 3 }, conversation: { rev: 3, assignee: { id: bob.id } } });
  t.same(brief(await heardOf(other, id)), ['conversation.created 3']);
  t.match(
    brief(await heardOf(asking, id)),
    ['conversation.created 3'],
    'beginning to hear is told by conversation.created',
  );
  await say(customer, id, 'Thanks');
  t.same(brief(await heardOf(asking, id)), ['message.created 4']);
  t.same(brief(await heardOf(other, id)), ['message.created 4']);
});

t.test('a direct conversation is heard by both on every socket, always', async (t) => {
  const friend = await server.hostUser('coming-friend');
  const lines = [await friend.connect(), await friend.connect(), await bob.connect({ inbox: true })];
  const { body } = await bob.post('messages', { to: { userId: friend.id }, message: { content: 'Hi' } });
  for (const line of lines)
    t.same(brief(await heardOf(line, body.conversationId)), ['conversation.created 1', 'message.created 2']);
});

t.test('reading a conversation that one does not hear begins nothing', async (t) => {
  const customer = await server.visitor();
  const id = await ask(customer);
  const line = await bob.connect();
  await line.call({ type: 'conversation.sync', conversationId: id, since: 0 });
  await line.call({ type: 'conversation.read', conversationId: id, seq: 1 });
  await line.rest();
  await say(customer, id, 'two');
  t.same(await heardOf(line, id), []);
  t.equal((await look(bob, id)).seq, 2);
});
