import { randomUUIDv7 } from 'node:crypto';
import t from 'tap';
import type { Body } from '../helper.ts';
import { startServer } from './server.ts';
import { ask, heardOf, look, say } from './words.ts';

const server = await startServer(t);
const agent = await server.member('agent', 'ann');
const bob = await server.member('agent', 'bob');
const pat = await server.member('peer', 'pat');
const key = await server.key('*');

async function begin() {
  const customer = await server.visitor();
  const id = await ask(customer);
  const { team } = await look(agent, id);
  return { customer, id, side: team.id as string };
}

t.test('a support conversation is made with its side: own id, seq and rev', async (t) => {
  const { id, side } = await begin();
  t.not(side, id);
  t.match((await look(agent, id)).team, {
    id: side,
    seq: 0,
    tags: [],
    snoozedUntil: null,
    ip: '127.0.0.1',
    userAgent: String,
    context: {},
  });
});

t.test('send to it is a note: parentId, its own conversationId and rev; team only', async (t) => {
  const { customer, id, side } = await begin();
  const [asking, other, theirs] = [
    await agent.connect({ inbox: true }),
    await bob.connect({ inbox: true }),
    await customer.connect(),
  ];
  const before = (await look(agent, id)).team;
  const draft = { id: randomUUIDv7(), content: 'Careful with this one' };
  const ok = await asking.call({ type: 'message.send', conversationId: side, message: draft });
  t.match(ok, {
    type: 'ok',
    message: { ...draft, conversationId: side, seq: before.seq + 1, rev: before.rev + 1, afterSeq: 1 },
  });
  t.match(ok.conversation, { id, rev: 2, team: { seq: before.seq + 1, rev: before.rev + 1 } }, 'the parent');
  t.same(await heardOf(asking, side), [], 'ok in place of its own event');
  t.match(await heardOf(other, side), [
    {
      type: 'message.created',
      parentId: id,
      rev: before.rev + 1,
      message: draft,
      conversation: { id, rev: 2, team: { rev: before.rev + 1 } },
    },
  ]);
  t.same(await theirs.rest(), [], 'the customer hears nothing');
  t.match(await look(customer, id), { rev: 2, seq: 1, last: { seq: 1 } }, 'not even a skipped number');
  t.match(
    await look(agent, id),
    { assignee: null, activity: (await look(customer, id)).activity },
    'a note assigns nobody',
  );
  const again = await asking.call({ type: 'message.send', conversationId: side, message: draft });
  t.match(again, { type: 'ok', message: { rev: before.rev + 1 } }, 'a retry there is one');
  await say(customer, id, 'two');
  t.match(await say(agent, side, 'later'), { afterSeq: 2 }, 'the customer’s thread had this seq');
});

t.test('edit and delete there', async (t) => {
  const { id, side } = await begin();
  const [asking, other] = [await agent.connect({ inbox: true }), await bob.connect({ inbox: true })];
  const { id: messageId, rev } = await say(agent, side, 'one');
  await asking.rest();
  await other.rest();
  const edited = await asking.call({ type: 'message.edit', conversationId: side, messageId, content: 'eins' });
  t.match(edited, {
    message: { rev: rev + 1, content: 'eins', afterSeq: 1 },
    conversation: { id, team: { rev: rev + 1 } },
  });
  const deleted = await bob.delete(`conversations/${side}/messages/${messageId}`);
  t.match(deleted, { status: 200, body: { rev: rev + 2, content: null } });
  t.match(await heardOf(other, side), [
    { type: 'message.updated', parentId: id, conversationId: side, rev: rev + 1 },
    { type: 'message.deleted', parentId: id, conversationId: side, rev: rev + 2 },
  ]);
});

t.test('history and sync there', async (t) => {
  const { customer, id, side } = await begin();
  const first = await say(agent, side, 'one');
  await say(bob, side, 'two');
  await agent.patch(`conversations/${id}`, { status: 'closed' });
  const history = await agent.get(`conversations/${side}/messages`);
  const told = history.body.items.map(({ content, system }: Body) => system?.code ?? content);
  t.same(told, ['one', 'two', 'closed']);
  t.equal(history.body.rev, (await look(agent, id)).team.rev);
  const { body: sync } = await agent.get(`conversations/${side}/sync?since=${first.rev}&epoch=${history.body.epoch}`);
  t.match(sync, { reset: false, more: false, rev: history.body.rev, conversation: { id, team: { id: side } } });
  t.same(
    sync.messages.map(({ seq }: Body) => seq),
    [2, 3],
  );
  const line = await agent.connect();
  t.match(await line.call({ type: 'conversation.sync', conversationId: side, since: 0 }), {
    sync: { reset: true, conversation: { id } },
  });
  for (const who of [customer, await server.visitor(), pat]) {
    t.equal((await who.get(`conversations/${side}/messages`)).status, 404);
    t.equal((await who.get(`conversations/${side}/sync?since=0`)).status, 404);
    t.equal((await who.post(`conversations/${side}/messages`, { content: 'x' })).status, 404);
  }
});

t.test('?afterSeq: its messages from that place of the customer’s thread on', async (t) => {
  const { customer, id, side } = await begin();
  await say(agent, side, 'after one');
  await say(customer, id, 'two');
  await say(agent, side, 'after two');
  await say(customer, id, 'three');
  await say(agent, side, 'after three');
  const read = async (query: string) =>
    (await agent.get(`conversations/${side}/messages?${query}`)).body.items?.map(({ content }: Body) => content);
  t.same(await read('afterSeq=2'), ['after two', 'after three']);
  t.same(await read('afterSeq=2&limit=1'), ['after two']);
  t.same(await read('afterSeq=0'), ['after one', 'after two', 'after three']);
  t.equal((await agent.get(`conversations/${id}/messages?afterSeq=1`)).status, 400, 'of a side conversation only');
});

t.test('its id is good wherever a conversation’s is, but not GET, PATCH, list', async (t) => {
  const { side } = await begin();
  t.equal((await agent.get(`conversations/${side}`)).status, 404);
  t.equal((await agent.patch(`conversations/${side}`, { subject: 'x' })).status, 404);
  const { body } = await agent.get('conversations?limit=200');
  t.notOk(body.items.some(({ id }: Body) => id === side));
});

t.test('a side conversation has no marks: VALIDATION', async (t) => {
  const { side } = await begin();
  await say(agent, side, 'one');
  const line = await agent.connect();
  for (const type of ['conversation.read', 'conversation.delivered']) {
    t.match(await line.call({ type, conversationId: side, seq: 1 }), {
      type: 'error',
      code: 'VALIDATION',
      details: { path: 'conversationId' },
    });
  }
  t.match(await agent.post(`conversations/${side}/read`, { seq: 1 }), { status: 400, body: { code: 'VALIDATION' } });
  t.match(await agent.post(`conversations/${side}/delivered`, { seq: 1 }), {
    status: 400,
    body: { code: 'VALIDATION' },
  });
});

t.test('the side is for agents, admins, keys and the assigned peer', async (t) => {
  const { id, side } = await begin();
  const read = async (who: typeof agent) => (await who.get(`conversations/${side}/messages`)).status;
  t.same([await read(agent), await read(await server.admin()), await read(key), await read(pat)], [200, 200, 200, 404]);
  await agent.patch(`conversations/${id}`, { assigneeId: pat.id });
  t.equal(await read(pat), 200);
  t.equal((await pat.post(`conversations/${side}/messages`, { content: 'noted' })).status, 201);
  const seen = await look(pat, id);
  t.match(seen.team, { id: side, ip: null, userAgent: null });
});

t.test('a note is a change to the team and none to the customer', async (t) => {
  const { customer, id, side } = await begin();
  const cursors = [(await agent.get('changes')).body.cursor, (await customer.get('changes')).body.cursor];
  await say(agent, side, 'one');
  t.match((await agent.get(`changes?cursor=${cursors[0]}`)).body, {
    reset: false,
    conversations: [{ id, team: { id: side } }],
  });
  t.match((await customer.get(`changes?cursor=${cursors[1]}`)).body, { reset: false, conversations: { length: 0 } });
  const { synced } = await (await server.line()).hello(agent.token, { cursor: cursors[0], revs: { [side]: 1 } });
  t.match(
    synced[side],
    { reset: false, messages: [{ content: 'one' }], conversation: { id } },
    'its id is good in revs too',
  );
});

t.test('what the assigned peer is told has no ip and no userAgent, in answers and events', async (t) => {
  const { customer, id, side } = await begin();
  await agent.patch(`conversations/${id}`, { assigneeId: pat.id });
  const [line, stream] = [await pat.connect(), await pat.stream()];
  await line.call({ type: 'message.send', conversationId: id, message: { content: 'Hello' } });
  await line.call({ type: 'message.send', conversationId: side, message: { content: 'a note' } });
  await line.call({ type: 'conversation.sync', conversationId: id, since: 0 });
  await say(customer, id, 'Hi');
  await pat.post(`conversations/${id}/messages`, { content: 'x' });
  await stream.next(({ event }) => event?.message?.content === 'x');
  await line.rest();
  const told = [
    line.frames,
    stream.blocks,
    (await pat.get('conversations')).body,
    (await pat.get('changes')).body,
    await look(pat, id),
  ];
  t.match(JSON.stringify(told), /"ip":null,"userAgent":null/);
  t.notMatch(JSON.stringify(told), /"ip":"|"userAgent":"/);
});

t.test('a new support conversation keeps the address, the browser and the context last told', async (t) => {
  const customer = await server.visitor({ context: { page: 'https://example.com/' } });
  const line = await server.line({ headers: { 'user-agent': 'Browser/1.0' } });
  await line.hello(customer.token);
  const context = { page: 'https://example.com/lamp', title: 'Lamp', language: 'de', timeZone: 'Europe/Berlin' };
  t.match(await line.call({ type: 'presence.set', state: 'online', context }), { type: 'ok' });
  const { message } = await line.call({ type: 'message.send', to: 'support', message: { content: 'Hello' } });
  t.match((await look(agent, message.conversationId)).team, { ip: '127.0.0.1', userAgent: 'Browser/1.0', context });
  await customer.request('PUT', 'presence', { state: 'online', context: { page: 'https://example.com/desk' } });
  const { body } = await customer.post('conversations', { kind: 'support' });
  t.match((await look(agent, body.id)).team.context, { page: 'https://example.com/desk' });
});

t.test('without keeping addresses nothing of them is there', async (t) => {
  const quiet = await startServer(t, { keepAddress: false });
  const customer = await quiet.visitor({ context: { page: 'https://example.com/lamp', title: 'Lamp' } });
  const id = await ask(customer);
  const seen = await look(await quiet.admin(), id);
  t.match(seen.team, { ip: null, userAgent: null, context: { page: 'https://example.com/lamp', title: 'Lamp' } });
});
