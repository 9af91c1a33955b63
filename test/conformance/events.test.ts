import t from 'tap';
import type { Body } from '../helper.ts';
import { startServer } from './server.ts';
import { ask, heardOf, look, say } from './words.ts';

const server = await startServer(t);
const agent = await server.member('agent', 'ann');
const bob = await server.member('agent', 'bob');
const key = await server.key('*');
const brief = (events: Body[]) => events.map(({ type, rev }) => (rev === undefined ? type : `${type} ${rev}`));

t.test(
  'ok in place of the event of one’s own send, edit and delete; another socket of the same user gets the event',
  async (t) => {
    const customer = await server.visitor();
    const conversationId = await ask(customer);
    const [asking, other, team] = [
      await customer.connect(),
      await customer.connect(),
      await agent.connect({ inbox: true }),
    ];
    const sent = await asking.call({ type: 'message.send', conversationId, message: { content: 'two' } });
    const messageId = sent.message.id;
    const edited = await asking.call({ type: 'message.edit', conversationId, messageId, content: 'zwei' });
    const deleted = await asking.call({ type: 'message.delete', conversationId, messageId });
    t.match(sent, { type: 'ok', message: { rev: 3, seq: 2, editedAt: null } });
    t.match(edited, { type: 'ok', message: { id: messageId, rev: 4, seq: 2, content: 'zwei', editedAt: String } });
    t.match(deleted, { type: 'ok', message: { id: messageId, rev: 5, seq: 2, content: null, deletedAt: String } });
    t.same(await heardOf(asking, conversationId), []);
    for (const line of [other, team]) {
      t.same(brief(await heardOf(line, conversationId)), [
        'message.created 3',
        'message.updated 4',
        'message.deleted 5',
      ]);
    }
    const told = other.frames.filter(({ type }) => type === 'message.created' || type === 'message.updated');
    t.same(told[0].message, sent.message, 'the event tells what the answer told');
    t.same(told[1].message, edited.message);
  },
);

t.test('all other events of one’s own request come to the asking socket too', async (t) => {
  const customer = await server.visitor();
  const conversationId = await ask(customer);
  const asking = await agent.connect({ inbox: true });
  await asking.rest();
  const ok = await asking.call({ type: 'message.send', conversationId, message: { content: 'Hello' } });
  t.match(ok, { message: { rev: 3 }, conversation: { rev: 3, assignee: { id: agent.id } } });
  const side = await heardOf(asking, ok.conversation.team.id);
  t.match(side, [{ type: 'message.created', parentId: conversationId, message: { system: { code: 'assigned' } } }]);
});

t.test('what one changes by HTTP, all one’s sockets hear', async (t) => {
  const customer = await server.visitor();
  const conversationId = await ask(customer);
  const line = await customer.connect();
  const { id } = await say(customer, conversationId, 'two');
  await customer.patch(`conversations/${conversationId}/messages/${id}`, { content: 'zwei' });
  await customer.delete(`conversations/${conversationId}/messages/${id}`);
  t.same(brief(await heardOf(line, conversationId)), ['message.created 3', 'message.updated 4', 'message.deleted 5']);
});

t.test(
  'the conversation is in every event to the team in support, to others when more changed than a new message tells',
  async (t) => {
    const customer = await server.visitor();
    const conversationId = await ask(customer);
    const [theirs, team] = [await customer.connect(), await agent.connect({ inbox: true })];
    await team.rest();
    const path = `conversations/${conversationId}`;
    const both = async () => [(await heardOf(theirs, conversationId))[0], (await heardOf(team, conversationId))[0]];

    const two = await say(customer, conversationId, 'two');
    let [mine, told] = await both();
    t.notOk('conversation' in mine, 'a new message tells all');
    t.match(told.conversation, { id: conversationId, rev: 3, last: { text: 'two' }, team: { id: String } });

    await customer.patch(`${path}/messages/${two.id}`, { content: 'zwei' });
    [mine, told] = await both();
    t.match(mine, { type: 'message.updated', conversation: { rev: 4, last: { text: 'zwei' } } }, 'the newest edited');
    t.match(told.conversation, { rev: 4, last: { text: 'zwei' } });

    const three = await say(customer, conversationId, 'three');
    await both();
    await customer.patch(`${path}/messages/${two.id}`, { content: 'deux' });
    [mine, told] = await both();
    t.notOk('conversation' in mine, 'an older one edited changes nothing in the conversation');
    t.equal(told.conversation.rev, 6);

    await customer.delete(`${path}/messages/${three.id}`);
    [mine, told] = await both();
    t.match(
      mine,
      { type: 'message.deleted', conversation: { rev: 7, last: { text: 'deux', seq: 2 } } },
      'the newest deleted',
    );

    await agent.patch(path, { status: 'closed' });
    [mine, told] = await both();
    t.match(mine, { type: 'conversation.updated', conversation: { status: 'closed', closedAt: String } });
    await say(customer, conversationId, 'again');
    [mine, told] = await both();
    t.match(
      mine,
      { type: 'message.created', rev: 9, conversation: { rev: 9, status: 'open', closedAt: null } },
      'reopened',
    );

    await say(agent, conversationId, 'I am here');
    [mine] = await both();
    t.match(
      mine,
      { type: 'message.created', conversation: { rev: 10, assignee: { id: agent.id, name: 'ann' } } },
      'assigned',
    );
    for (const frame of theirs.frames) t.notOk('team' in (frame.conversation ?? {}), 'the customer never gets team');
    for (const frame of [...theirs.frames, ...team.frames]) {
      t.notOk('my' in (frame.conversation ?? {}), 'my is only in answers to one caller, never in an event');
    }
  },
);

t.test('ok has the conversation whenever the event would carry it', async (t) => {
  const customer = await server.visitor();
  const conversationId = await ask(customer);
  const line = await customer.connect();
  const team = await agent.connect({ inbox: true });
  const send = (one: typeof line, content: string) =>
    one.call({ type: 'message.send', conversationId, message: { content } });
  const plain = await send(line, 'two');
  t.notOk('conversation' in plain);
  const messageId = plain.message.id;
  t.match(await line.call({ type: 'message.edit', conversationId, messageId, content: 'zwei' }), {
    conversation: { rev: 4 },
  });
  t.match(await line.call({ type: 'message.delete', conversationId, messageId }), {
    conversation: { rev: 5, last: { seq: 1 } },
  });
  t.match(
    await send(team, 'three'),
    { conversation: { rev: 6, team: { id: String } } },
    'always to the team in support',
  );
  t.match(await send(team, 'four'), { conversation: { rev: 7 } });
  await agent.patch(`conversations/${conversationId}`, { status: 'closed' });
  t.match(await send(line, 'five'), { conversation: { status: 'open' } }, 'reopened');
});

t.test('in direct conversations and rooms too', async (t) => {
  const [one, two] = [await server.hostUser('events-one'), await server.hostUser('events-two')];
  const { body: room } = await key.post('conversations', {
    kind: 'room',
    participants: [{ userId: one.id }, { userId: two.id }],
  });
  const { body: direct } = await agent.post('conversations', { kind: 'direct', userId: one.id });
  const line = await one.connect();
  for (const [author, id] of [
    [two, room.id],
    [agent, direct.id],
  ] as const) {
    const first = await say(author, id, 'first');
    t.notOk('conversation' in (await heardOf(line, id))[0]);
    await author.patch(`conversations/${id}/messages/${first.id}`, { content: 'second' });
    t.match((await heardOf(line, id))[0], {
      type: 'message.updated',
      conversation: { rev: 3, last: { text: 'second' } },
    });
    await author.delete(`conversations/${id}/messages/${first.id}`);
    t.match((await heardOf(line, id))[0], { type: 'message.deleted', conversation: { rev: 4, last: null } });
  }
});

t.test('every reader gets exactly one event for each rev, whoever acts and how', async (t) => {
  const customer = await server.visitor();
  const id = await ask(customer);
  const path = `conversations/${id}`;
  await agent.patch(path, { assigneeId: bob.id });
  const lines = [
    await customer.connect(),
    await customer.connect(),
    await agent.connect({ inbox: true }),
    await bob.connect(),
    await (await server.admin()).connect({ inbox: true }),
  ];
  const [first] = lines as [(typeof lines)[number]];
  for (const line of lines) await line.rest();
  const from = (await look(customer, id)).rev;
  await Promise.all([
    ...Array.from({ length: 20 }, (_, index) => say(index % 2 === 0 ? customer : bob, id, `${index}`)),
    ...Array.from({ length: 10 }, (_, index) => agent.patch(path, { subject: `subject ${index}` })),
    ...Array.from({ length: 10 }, (_, index) =>
      first.call({ type: 'message.send', conversationId: id, message: { content: `own ${index}` } }),
    ),
  ]);
  await agent.patch(path, { status: 'closed' });
  await say(customer, id, 'again');
  const { rev: last } = await look(customer, id);
  t.equal(last, from + 42);
  const expected = Array.from({ length: last - from }, (_, index) => from + 1 + index);
  for (const line of lines) {
    await line.rest();
    const revs = line.frames.flatMap((frame) => {
      if (frame.type === 'ok' && frame.message?.conversationId === id) return [frame.message.rev];
      return frame.conversationId === id && frame.rev > from ? [frame.rev] : [];
    });
    t.same(revs, expected);
  }
});

t.test('me.updated comes to all of a user’s sockets', async (t) => {
  const user = await server.hostUser('events-me', { name: 'One' });
  const lines = [await user.connect(), await user.connect()];
  await user.patch('me', { name: 'Another' });
  for (const line of lines)
    t.match(await line.event('me.updated'), { user: { id: user.id, name: 'Another', externalId: 'events-me' } });
});
