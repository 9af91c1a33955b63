import { randomUUID, randomUUIDv7 } from 'node:crypto';
import t from 'tap';
import type { Answered, Body } from '../helper.ts';
import type { Person } from './server.ts';
import { startServer } from './server.ts';
import { ask, heardOf, look, say } from './words.ts';

const server = await startServer(t);
const agent = await server.member('agent', 'ann');
const key = await server.key('*');

/** Each way to send a message into a conversation; gives the answer's message, or the error's code. */
const ways: [name: string, send: (who: Person, conversationId: string, message: object) => Promise<Body>][] = [
  ['HTTP', async (who, id, message) => short(await who.post(`conversations/${id}/messages`, message))],
  [
    'a socket',
    async (who, conversationId, message) => {
      const line = await who.connect();
      const answer = await line.call({ type: 'message.send', conversationId, message });
      line.socket.close();
      return answer.type === 'ok' ? answer.message : answer.code;
    },
  ],
];
function short({ status, body }: Answered): Body {
  return status < 300 ? body : body.code;
}

for (const [first, sendFirst] of ways) {
  for (const [then, sendThen] of ways) {
    t.test(
      `a message sent by ${first} and again by ${then} is stored once, and answered as it is now, whatever happened to it`,
      async (t) => {
        const customer = await server.visitor();
        const id = await ask(customer);
        const path = `conversations/${id}`;
        const draft = { id: randomUUIDv7(), content: 'two' };
        const line = await customer.connect();
        const stored = await sendFirst(customer, id, draft);
        t.match(stored, { ...draft, seq: 2, rev: 3 });
        t.same(await sendThen(customer, id, draft), stored);

        await customer.patch(`${path}/messages/${draft.id}`, { content: 'zwei' });
        t.match(await sendThen(customer, id, draft), { content: 'zwei', rev: 4, seq: 2 }, 'edited');
        t.match(
          await sendThen(customer, id, { ...draft, content: 'quite another' }),
          { content: 'zwei' },
          'edited: no ID_REUSED',
        );
        await agent.patch(path, { status: 'closed' });
        t.match(await sendThen(customer, id, draft), { content: 'zwei', rev: 4 }, 'closed');
        t.equal((await look(customer, id)).status, 'closed', 'a retry does not reopen');
        await agent.delete(`${path}/messages/${draft.id}`);
        t.match(
          await sendThen(customer, id, draft),
          { content: null, deletedAt: String, rev: 6 },
          'deleted by somebody else',
        );
        t.match(
          await sendThen(customer, id, { ...draft, content: 'quite another' }),
          { content: null },
          'deleted: no ID_REUSED',
        );
        t.match(await look(customer, id), { seq: 2, rev: 6 }, 'nothing was done again');
        const told = (await heardOf(line, id)).map(({ type, rev }) => `${type} ${rev}`);
        t.same(told, ['message.created 3', 'message.updated 4', 'conversation.updated 5', 'message.deleted 6']);
      },
    );
  }
}

t.test('HTTP: 201 Message, 200 for a retry', async (t) => {
  const customer = await server.visitor();
  const id = await ask(customer);
  const draft = { id: randomUUIDv7(), content: 'two' };
  const statuses = [];
  for (let count = 0; count < 3; count += 1)
    statuses.push((await customer.post(`conversations/${id}/messages`, draft)).status);
  t.same(statuses, [201, 200, 200]);
});

t.test('many at once are one', async (t) => {
  const customer = await server.visitor();
  const id = await ask(customer);
  const draft = { id: randomUUIDv7(), content: 'two' };
  const line = await customer.connect();
  const answers = await Promise.all([
    ...Array.from({ length: 10 }, () => customer.post(`conversations/${id}/messages`, draft)),
    ...Array.from({ length: 10 }, () => line.call({ type: 'message.send', conversationId: id, message: draft })),
  ]);
  const messages = answers.map((answer) => answer.body ?? answer.message);
  for (const message of messages) t.same(message, messages[0]);
  t.equal(answers.filter((answer) => answer.status === 201).length <= 1, true, 'one of them made it');
  t.match(await look(customer, id), { seq: 2, rev: 3 });
});

t.test('its id in any case and of any version is the same id, answered in lower case', async (t) => {
  const customer = await server.visitor();
  const id = await ask(customer);
  for (const own of [
    randomUUIDv7(),
    randomUUID(),
    '6ba7b810-9dad-11d1-80b4-00c04fd430c8',
    '00000000-0000-0000-0000-000000000000',
    'ffffffff-ffff-ffff-ffff-ffffffffffff',
  ]) {
    const sent = await customer.post(`conversations/${id.toUpperCase()}/messages`, {
      id: own.toUpperCase(),
      content: own,
    });
    const again = await customer.post(`conversations/${id}/messages`, { id: own, content: own });
    t.match([sent.status, again.status], [201, 200], own);
    t.match(sent.body, { id: own, conversationId: id });
  }
});

t.test('ID_REUSED: nothing is stored', async (t) => {
  const [one, two] = [await server.hostUser('retries-one'), await server.hostUser('retries-two')];
  const { body: room } = await key.post('conversations', {
    kind: 'room',
    participants: [{ userId: one.id }, { userId: two.id }],
  });
  const { body: other } = await key.post('conversations', {
    kind: 'room',
    participants: [{ userId: one.id }, { userId: two.id }],
  });
  const draft = { id: randomUUIDv7(), content: 'Hello' };
  const stored = await say(one, room.id, 'Hello', { id: draft.id });
  const cases: [name: string, who: Person, conversation: string, message: object, status: number][] = [
    ['the same content after normalising', one, room.id, { ...draft, content: ' Hello\r\n' }, 200],
    ['another content', one, room.id, { ...draft, content: 'hello' }, 409],
    ['somebody else with the same', two, room.id, draft, 409],
    ['somebody else with another', two, room.id, { ...draft, content: 'x' }, 409],
    ['another conversation', one, other.id, { ...draft, content: 'elsewhere' }, 201],
    ['somebody else in a third', two, other.id, { ...draft, content: 'x' }, 409],
  ];
  for (const [name, who, conversation, message, status] of cases) {
    const answer = await who.post(`conversations/${conversation}/messages`, message);
    t.equal(answer.status, status, name);
    if (status === 409) t.match(answer.body, { code: 'ID_REUSED' }, name);
  }
  t.match((await one.get(`conversations/${room.id}/messages`)).body.items, [stored]);
  t.match((await one.get(`conversations/${other.id}/messages`)).body.items, [{ id: draft.id, content: 'elsewhere' }]);
  await one.delete(`conversations/${room.id}/messages/${draft.id}`);
  t.match(
    await two.post(`conversations/${room.id}/messages`, draft),
    { status: 409, body: { code: 'ID_REUSED' } },
    'a tombstone is its author’s too',
  );
});

t.test('a message without an id gets one of version 7', async (t) => {
  const customer = await server.visitor();
  const id = await ask(customer);
  const { body } = await customer.post(`conversations/${id}/messages`, { content: 'x' });
  t.match(body.id, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});

t.test("a retry after the conversation's room was closed is answered, a new message is CLOSED", async (t) => {
  const one = await server.hostUser('retries-closed');
  const { body: room } = await key.post('conversations', { kind: 'room', participants: [{ userId: one.id }] });
  const draft = { id: randomUUIDv7(), content: 'Hello' };
  await say(one, room.id, 'Hello', { id: draft.id });
  await key.patch(`conversations/${room.id}`, { status: 'closed' });
  for (const [name, send] of ways) {
    t.match(await send(one, room.id, draft), { id: draft.id, seq: 1 }, name);
    t.equal(await send(one, room.id, { content: 'x' }), 'CLOSED', name);
    t.equal(await send(one, room.id, { ...draft, content: 'x' }), 'ID_REUSED', name);
  }
});

t.test('a conversation’s own id: 200 only for its own id again; another’s is IN_USE', async (t) => {
  const [one, two] = [await server.visitor(), await server.visitor()];
  const id = randomUUIDv7();
  const made = await one.post('conversations', { kind: 'support', id: id.toUpperCase() });
  t.match(made, { status: 201, body: { id } });
  t.match(await one.post('conversations', { kind: 'support', id }), { status: 200, body: { id, rev: 1 } });
  t.match(await two.post('conversations', { kind: 'support', id }), { status: 409, body: { code: 'IN_USE' } });
  t.equal((await one.post('conversations', { kind: 'support' })).status, 201, 'support always makes one');
});
