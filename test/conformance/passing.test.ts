/** What may be lost: typing, presence, viewers, and the counts of the inbox. */
import t from 'tap';
import type { Body } from '../helper.ts';
import type { TestLine } from '../line.ts';
import { ofOneServer } from '../servers.ts';
import { startServer } from './server.ts';
import { ask, look, say } from './words.ts';

const server = await startServer(t, { presenceGraceMs: 200 });
const agent = await server.member('agent', 'ann');
const bob = await server.member('agent', 'bob');
const pat = await server.member('peer', 'pat');
const key = await server.key('*');
const types = async (line: TestLine, type: string): Promise<Body[]> =>
  (await line.rest()).filter((frame) => frame.type === type);

t.test(
  'typing is heard by the customer and by sockets that view the conversation, never by the whole inbox',
  { skip: ofOneServer },
  async (t) => {
    const customer = await server.visitor();
    const id = await ask(customer);
    const [theirs, second, viewing, inbox] = [
      await customer.connect(),
      await customer.connect(),
      await agent.connect(),
      await bob.connect({ inbox: true }),
    ];
    await viewing.call({ type: 'conversation.view', conversationId: id, viewing: true });
    for (const line of [theirs, second, viewing, inbox]) await line.rest();
    t.match(await theirs.call({ type: 'typing.set', conversationId: id, on: true, text: 'He' }), { type: 'ok' });
    const [told] = await types(viewing, 'typing');
    t.match(told, { conversationId: id, user: { id: customer.id, role: 'user' }, on: true });
    t.notOk('text' in told, 'what is being written is told only where a setting allows it');
    t.same(await types(inbox, 'typing'), []);
    t.same(await types(theirs, 'typing'), [], 'not to oneself');
    await theirs.call({ type: 'typing.set', conversationId: id, on: false });
    t.match(await types(viewing, 'typing'), [{ on: false }]);
    await viewing.call({ type: 'typing.set', conversationId: id, on: true });
    for (const line of [theirs, second])
      t.match(await types(line, 'typing'), [{ user: { id: agent.id, name: 'ann' }, on: true }]);
    await say(agent, id, 'Hello');
    await say(customer, id, 'Hi');
    t.same(await types(theirs, 'typing'), [], 'it ends with a message of that user: no further word');
    t.equal((await customer.post(`conversations/${id}/typing`, { on: true })).status, 204);
    t.match(await types(viewing, 'typing'), [{ user: { id: customer.id }, on: true }], 'REST can do it too');
  },
);

t.test('typing ends by itself after 6 s', async (t) => {
  const [one, two] = [await server.hostUser('passing-one'), await server.hostUser('passing-two')];
  const { body } = await agent.post('conversations', { kind: 'direct', userId: one.id });
  const [line, other] = [await agent.connect(), await one.connect()];
  const started = performance.now();
  await line.call({ type: 'typing.set', conversationId: body.id, on: true });
  t.match(await other.event('typing'), { on: true }, 'to both of a direct');
  t.match(await other.event('typing'), { on: false, user: { id: agent.id } });
  const took = performance.now() - started;
  t.ok(took > 5_500 && took < 9_000, `${took} ms`);
  const stranger = await two.connect();
  t.match(await stranger.call({ type: 'typing.set', conversationId: body.id, on: true }), { code: 'NOT_FOUND' });
});

t.test('typing needs the right to write; a side conversation has none', async (t) => {
  const customer = await server.visitor();
  const sent = await customer.post('messages', { to: { queue: 'peer' }, message: { content: 'x' } });
  const line = await pat.connect();
  const id = sent.body.conversationId;
  t.match(
    await line.call({ type: 'typing.set', conversationId: id, on: true }),
    { code: 'FORBIDDEN' },
    'a peer reads what waits, and writes nothing there',
  );
  t.match(await line.call({ type: 'message.send', conversationId: id, message: { content: 'x' } }), {
    code: 'FORBIDDEN',
  });
});

t.test('viewer: the whole list, in support to the team only', { skip: ofOneServer }, async (t) => {
  const customer = await server.visitor();
  const id = await ask(customer);
  const [theirs, ann, other] = [await customer.connect(), await agent.connect(), await bob.connect()];
  const view = (line: TestLine, viewing: boolean) =>
    line.call({ type: 'conversation.view', conversationId: id, viewing });
  t.match(await view(ann, true), { type: 'ok' });
  t.match(await types(ann, 'viewer'), [{ conversationId: id, users: [{ id: agent.id }] }]);
  await view(other, true);
  for (const line of [ann, other]) {
    const [{ users }] = (await types(line, 'viewer')).slice(-1) as [Body];
    t.same(users.map((user: Body) => user.id).sort(), [agent.id, bob.id].sort());
  }
  await view(other, false);
  t.match(await types(ann, 'viewer'), [{ users: [{ id: agent.id }] }]);
  await view(other, true);
  await ann.rest();
  other.socket.close();
  t.match(await ann.event('viewer'), { users: [{ id: agent.id }] }, 'a socket that goes no longer views');
  await view(theirs, true);
  t.same(await types(theirs, 'viewer'), []);
  const again = await ann.call({ type: 'conversation.view', conversationId: id, viewing: true });
  t.match(again, { type: 'ok' });
});

t.test('viewers of a direct conversation are told to both', { skip: ofOneServer }, async (t) => {
  const one = await server.hostUser('passing-direct');
  const { body } = await agent.post('conversations', { kind: 'direct', userId: one.id });
  const [ann, theirs] = [await agent.connect(), await one.connect()];
  await ann.call({ type: 'conversation.view', conversationId: body.id, viewing: true });
  t.match(await types(theirs, 'viewer'), [{ conversationId: body.id, users: [{ id: agent.id }] }]);
});

t.test('viewers are not told in rooms of more than 50', async (t) => {
  const one = await server.hostUser('passing-crowd');
  const crowd = Array.from({ length: 50 }, (_, index) => ({ externalId: `passing-crowd-${index}` }));
  const { body: room } = await key.post('conversations', {
    kind: 'room',
    participants: [{ userId: one.id }, ...crowd],
  });
  const line = await one.connect();
  await line.call({ type: 'conversation.view', conversationId: room.id, viewing: true });
  t.same(await types(line, 'viewer'), []);
});

t.test('presence: watched users, the team as one to a customer', async (t) => {
  const customer = await server.hostUser('passing-customer');
  await ask(customer);
  const ann = await agent.connect();
  const answer = await ann.call({ type: 'presence.watch', userIds: [customer.id] });
  t.match(answer, { type: 'ok', users: [{ id: customer.id, state: 'offline' }] });
  const theirs = await customer.connect();
  t.match(await ann.event('presence'), { users: [{ id: customer.id, state: 'online' }] });
  t.match(await theirs.call({ type: 'presence.watch', userIds: ['team'] }), {
    users: [{ id: 'team', state: 'online', lastSeenAt: null }],
  });
  t.match(await theirs.call({ type: 'presence.set', state: 'away' }), { type: 'ok' });
  t.match(await ann.event('presence'), { users: [{ id: customer.id, state: 'away' }] });
  t.equal((await customer.request('PUT', 'presence', { state: 'online' })).status, 204);
  theirs.socket.close();
  const gone = await ann.event((event) => event.type === 'presence' && event.users[0].state === 'offline');
  t.match(gone, { users: [{ id: customer.id, lastSeenAt: String }] });
  t.match((await agent.get(`presence?users=${customer.id}`)).body, { users: [{ id: customer.id, state: 'offline' }] });
  const back = await customer.connect();
  t.match(
    await back.call({ type: 'presence.watch', userIds: [agent.id] }),
    { users: [] },
    'to a customer the team’s presence is one user',
  );
  t.match(
    (await back.call({ type: 'presence.watch', userIds: Array.from({ length: 201 }, () => customer.id) })).code,
    'VALIDATION',
  );
});

t.test('inbox.counts: queue, mine, open, snoozed; at most one a second; the last one always comes', async (t) => {
  const cyd = await server.member('agent', 'cyd');
  const line = await cyd.connect();
  const watched = await line.call({ type: 'inbox.watch' });
  t.match(watched.counts, { queue: Number, mine: 0, open: Number, snoozed: 0 });
  const times: number[] = [];
  line.socket.on('message', (data) => {
    if (JSON.parse(String(data)).type === 'inbox.counts') times.push(performance.now());
  });
  const before = watched.counts;
  const customer = await server.visitor();
  const ids: string[] = [];
  for (let count = 0; count < 30; count += 1)
    ids.push((await customer.post('conversations', { kind: 'support' })).body.id);
  await agent.patch(`conversations/${ids[0]}`, { assigneeId: cyd.id });
  await agent.patch(`conversations/${ids[1]}`, { assigneeId: agent.id });
  await agent.patch(`conversations/${ids[2]}`, { status: 'closed' });
  const wanted = { queue: before.queue + 27, mine: 1, open: before.open + 29, snoozed: 0 };
  const last = await line.event(
    ({ type, queue, mine, open }) =>
      type === 'inbox.counts' && queue === wanted.queue && mine === 1 && open === wanted.open,
  );
  t.match(last, wanted);
  for (const [index, at] of times.entries()) {
    if (index > 0) t.ok(at - (times[index - 1] as number) > 950, `${at - (times[index - 1] as number)} ms`);
  }
  t.match(await line.call({ type: 'inbox.watch', on: false }), { type: 'ok', counts: wanted });
  const id = await ask(await server.visitor());
  t.same(
    (await line.rest()).filter(({ conversationId }) => conversationId === id),
    [],
    'no longer watched',
  );
  t.equal((await look(cyd, id)).id, id);
});

t.test('inbox.watch brings the durable events of all support conversations that one may read', async (t) => {
  const customer = await server.visitor();
  const line = await bob.connect();
  await line.call({ type: 'inbox.watch', on: true });
  const id = await ask(customer);
  t.match(await line.event('conversation.created'), { conversationId: id });
  t.match(await line.event('message.created'), { conversationId: id, conversation: { id } });
  const one = await server.hostUser('passing-not-mine');
  const { body } = await agent.post('conversations', { kind: 'direct', userId: one.id });
  t.same(
    (await line.rest()).filter(({ conversationId }) => conversationId === body.id),
    [],
  );
});
