import t from 'tap';
import type { Body } from '../helper.ts';
import { startServer } from './server.ts';
import { ask, heardOf, look, say } from './words.ts';

const server = await startServer(t);
const agent = await server.member('agent', 'ann');
const bob = await server.member('agent', 'bob');
const key = await server.key('*');

/** The system messages of the side, as the team reads them. */
async function side(id: string): Promise<Body[]> {
  const { team } = await look(agent, id);
  const { body } = await agent.get(`conversations/${team.id}/messages?limit=200`);
  return body.items;
}
const codes = (messages: Body[]) => messages.map(({ system, rev }) => `${system.code} ${rev}`);

t.test(
  'A conversation is made at rev 1 with its first participants and no system message; a first message by `to` is 2',
  async (t) => {
    const customer = await server.hostUser('revs-first');
    const made = await customer.post('conversations', { kind: 'support' });
    t.match(made, {
      status: 201,
      body: { rev: 1, seq: 0, participants: [{ rev: 1, user: { id: customer.id } }], last: null },
    });
    const room = await key.post('conversations', {
      kind: 'room',
      participants: [{ userId: customer.id }, { userId: bob.id }],
    });
    t.match(room, { status: 201, body: { rev: 1, seq: 0, participants: [], participantCount: 2 } });
    t.match((await bob.get(`conversations/${room.body.id}/sync?since=0`)).body, {
      messages: [],
      participants: [{ rev: 1 }, { rev: 1 }],
    });
    const sent = await customer.post('messages', { to: { queue: 'peer' }, message: { content: 'x' } });
    t.match(sent.body, { rev: 2, seq: 1 });
  },
);

t.test(
  'rev counts message created, edited, deleted, participants, status, assignee and subject, one for a request',
  async (t) => {
    const customer = await server.visitor();
    const id = await ask(customer);
    const path = `conversations/${id}`;
    let rev = 2;
    const steps: [name: string, () => Promise<unknown>, by: number][] = [
      ['a message', () => say(customer, id, 'two'), 1],
      ['an answer that takes it over', () => say(agent, id, 'three'), 1],
      ['the subject', () => agent.patch(path, { subject: 'Lamps' }), 1],
      ['several fields at once', () => agent.patch(path, { subject: 'Lamp', status: 'closed', assigneeId: bob.id }), 1],
      ['a message that reopens', () => say(customer, id, 'four'), 1],
      ['nobody assigned', () => agent.patch(path, { assigneeId: null }), 1],
      ['a read mark', () => customer.post(`${path}/read`, { seq: 3 }), 0],
      ['a delivered mark', () => customer.post(`${path}/delivered`, { seq: 3 }), 0],
      ['typing', () => customer.post(`${path}/typing`, { on: true }), 0],
      [
        'a PATCH that changes nothing',
        () => agent.patch(path, { subject: 'Lamp', status: 'open', assigneeId: null }),
        0,
      ],
    ];
    for (const [name, step, by] of steps) {
      await step();
      rev += by;
      t.match(await look(customer, id), { rev }, name);
    }
    const { body: history } = await customer.get(`${path}/messages`);
    t.same(
      history.items.map((one: Body) => one.seq),
      [1, 2, 3, 4],
      'none of it is a message in the customer’s thread',
    );
    const { body: edited } = await customer.patch(`${path}/messages/${history.items[0].id}`, { content: 'other' });
    t.match(edited, { rev: rev + 1, seq: 1 });
    const { body: deleted } = await customer.delete(`${path}/messages/${history.items[1].id}`);
    t.match(deleted, { rev: rev + 2, seq: 2, content: null, deletedAt: String });
  },
);

t.test(
  'its side takes one for each system message, in the order closed or reopened, assigned, all in the same commit',
  async (t) => {
    const customer = await server.visitor();
    const id = await ask(customer);
    const [team, other] = [await agent.connect({ inbox: true }), await customer.connect()];
    const before = (await look(agent, id)).team.rev;
    await agent.patch(`conversations/${id}`, { assigneeId: bob.id, subject: 'x', status: 'closed' });
    t.same(codes(await side(id)).slice(-2), [`closed ${before + 1}`, `assigned ${before + 2}`]);
    const told = await heardOf(team, id);
    t.same(
      told.map(({ type, rev }) => [type, rev]),
      [['conversation.updated', 3]],
      'one event of the conversation',
    );
    const { team: teamNow } = await look(agent, id);
    const sideTold = team.frames.filter((frame) => frame.conversationId === teamNow.id);
    t.same(
      sideTold.map(({ type, rev, parentId }) => [type, rev, parentId]),
      [
        ['message.created', before + 1, id],
        ['message.created', before + 2, id],
      ],
    );
    t.same(
      (await other.rest()).map(({ type, rev }) => [type, rev]),
      [['conversation.updated', 3]],
      'the customer hears of no side',
    );
    await agent.patch(`conversations/${id}`, { assigneeId: agent.id, status: 'open' });
    t.same(codes(await side(id)).slice(-2), [`reopened ${before + 3}`, `assigned ${before + 4}`]);
    t.match((await side(id)).slice(-2), [
      { kind: 'system', author: null, system: { code: 'reopened', by: { id: agent.id } } },
      { system: { code: 'assigned', by: { id: agent.id }, to: { id: agent.id } } },
    ]);
  },
);

t.test(
  "a customer's message reopens and keeps the assignee if they are active, else it waits in the queue",
  async (t) => {
    const customer = await server.visitor();
    const [kept, lost] = [
      await ask(customer),
      (await customer.post('messages', { to: { queue: 'peer' }, message: { content: 'x' } })).body.conversationId,
    ];
    const leaving = await server.member('agent', 'leaving');
    await agent.patch(`conversations/${kept}`, { assigneeId: agent.id, status: 'closed' });
    await agent.patch(`conversations/${lost}`, { assigneeId: leaving.id, status: 'closed' });
    await (await server.admin()).patch(`users/${leaving.id}`, { disabled: true });
    await say(customer, kept, 'again');
    await say(customer, lost, 'again');
    t.match(await look(agent, kept), { status: 'open', assignee: { id: agent.id }, closedAt: null });
    t.match(await look(agent, lost), { status: 'open', assignee: null });
    t.match((await side(kept)).at(-1), { system: { code: 'reopened', by: { id: customer.id } } });
    t.same(
      (await side(lost)).slice(-2).map(({ system }) => system.code),
      ['reopened', 'assigned'],
    );
    t.match((await side(lost)).at(-1), { system: { code: 'assigned', to: null } });
  },
);

t.test("the team's message leaves it closed", async (t) => {
  const customer = await server.visitor();
  const id = await ask(customer);
  await agent.patch(`conversations/${id}`, { assigneeId: bob.id, status: 'closed' });
  await say(agent, id, 'one more thing');
  t.match(await look(customer, id), { status: 'closed', seq: 2, assignee: { id: bob.id } });
});

t.test(
  'a message of an agent or admin in a conversation assigned to nobody assigns it to them, in the same change',
  async (t) => {
    for (const who of [agent, await server.admin()]) {
      const customer = await server.visitor();
      const id = await ask(customer);
      const sent = await say(who, id, 'Hello');
      t.match(await look(customer, id), { rev: sent.rev, assignee: { id: who.id } });
      t.match((await side(id)).at(-1), {
        system: { code: 'assigned', by: { id: who.id }, to: { id: who.id } },
        afterSeq: sent.seq,
      });
    }
    const customer = await server.visitor();
    const id = await ask(customer);
    await agent.patch(`conversations/${id}`, { assigneeId: bob.id });
    await say(agent, id, 'Hello');
    t.match(await look(customer, id), { assignee: { id: bob.id } }, 'another’s stays theirs');
  },
);

t.test('joining or leaving a room takes two: the participant, then its system message', async (t) => {
  const [one, two] = [await server.hostUser('revs-one'), await server.hostUser('revs-two')];
  const { body: room } = await key.post('conversations', { kind: 'room', participants: [{ userId: one.id }] });
  const path = `conversations/${room.id}`;
  const joined = await key.post(`${path}/participants`, { userId: two.id });
  t.match(joined, { status: 201, body: { rev: 2, user: { id: two.id }, leftAt: null } });
  t.match(await look(one, room.id), { rev: 3, seq: 1, last: null, participantCount: 2 });
  t.equal((await key.delete(`${path}/participants/${two.id}`)).status, 204);
  t.match(await look(one, room.id), { rev: 5, seq: 2, participantCount: 1 });
  const { body } = await one.get(`${path}/messages`);
  t.match(body.items, [
    { seq: 1, rev: 3, kind: 'system', author: null, system: { code: 'joined', user: { id: two.id } } },
    { seq: 2, rev: 5, kind: 'system', author: null, system: { code: 'left', user: { id: two.id } } },
  ]);
  const titled = await key.post(`${path}/participants`, { userId: one.id, title: 'doctor' });
  t.match(titled, { status: 200, body: { rev: 6, user: { title: 'doctor' } } }, 'a title takes one');
  t.match(await look(one, room.id), { rev: 6, seq: 2 });
});
