import t from 'tap';
import type { Person } from './server.ts';
import { startServer } from './server.ts';
import { ask, heardOf, look, say } from './words.ts';

const server = await startServer(t);
const ann = await server.member('agent', 'ann');
const bob = await server.member('agent', 'bob');
const pat = await server.member('peer', 'pat');
const read = async (who: Person, id: string, seq: number) => (await who.post(`conversations/${id}/read`, { seq })).body;
const marks = async (id: string) => {
  const { teamReadSeq, my } = await look(ann, id);
  return { teamReadSeq, my };
};

async function begin(): Promise<{ customer: Person; id: string }> {
  const customer = await server.visitor();
  const id = await ask(customer);
  return { customer, id };
}

t.test('my of the team in support is teamReadSeq and the team’s unread', async (t) => {
  const { customer, id } = await begin();
  await say(customer, id, 'two');
  t.match(await marks(id), { teamReadSeq: 0, my: { readSeq: 0, unread: 2 } });
  t.match(await look(customer, id), { my: { readSeq: 2, unread: 0 }, teamReadSeq: 0 });
});

t.test('while nobody is assigned, it rises when anyone of the team reads', async (t) => {
  const { customer, id } = await begin();
  const [theirs, team] = [await customer.connect(), await ann.connect({ inbox: true })];
  t.match(await read(bob, id, 1), { readSeq: 1, unread: 0 });
  t.match(await marks(id), { teamReadSeq: 1, my: { readSeq: 1, unread: 0 } });
  t.match(await heardOf(team, id), [
    { type: 'participant.read', userId: 'team', readSeq: 1, readAt: String, unread: 0 },
  ]);
  const [told] = await heardOf(theirs, id);
  t.match(told, { type: 'participant.read', userId: 'team', readSeq: 1, readAt: String });
  t.notOk('unread' in told);
  t.match(await look(customer, id), { rev: 2, teamReadAt: String }, 'a mark takes no rev');
});

t.test('it rises when the assignee reads, not when another of the team does', async (t) => {
  const { customer, id } = await begin();
  await ann.patch(`conversations/${id}`, { assigneeId: bob.id });
  t.match(await read(ann, id, 1), { readSeq: 0, unread: 1 });
  t.match(await read(bob, id, 1), { readSeq: 1, unread: 0 });
  await ann.patch(`conversations/${id}`, { assigneeId: pat.id });
  await say(customer, id, 'two');
  t.match(await read(pat, id, 2), { readSeq: 2, unread: 0 }, 'a peer is of the team');
  t.match(await marks(id), { teamReadSeq: 2 });
});

t.test('an answer of anyone of the team moves it to its own seq, and no event tells of that', async (t) => {
  const { customer, id } = await begin();
  await ann.patch(`conversations/${id}`, { assigneeId: bob.id });
  await say(customer, id, 'two');
  const theirs = await customer.connect();
  const { seq } = await say(ann, id, 'Hello');
  t.match(await marks(id), { teamReadSeq: seq, my: { unread: 0 } });
  t.same(
    (await heardOf(theirs, id)).map(({ type }) => type),
    ['message.created'],
  );
});

t.test('the team’s unread is the customer’s messages beyond it', async (t) => {
  const { customer, id } = await begin();
  await say(bob, id, 'Hello');
  const gone = await say(customer, id, 'three');
  await say(customer, id, 'four');
  t.match(await marks(id), { teamReadSeq: 2, my: { readSeq: 2, unread: 2 } });
  await customer.delete(`conversations/${id}/messages/${gone.id}`);
  t.match(await marks(id), { my: { unread: 1 } });
  await ann.patch(`conversations/${id}`, { status: 'closed' });
  t.match(await marks(id), { my: { unread: 1 } }, 'system messages are in the side');
  t.match(await look(customer, id), { my: { unread: 1 } }, 'the customer’s mark is their own: the answer is unread');
});

t.test(
  'waiting: set by the customer’s first message after the last of a person of the team, cleared by such an answer and by closing',
  async (t) => {
    const { customer, id } = await begin();
    const first = (await look(ann, id)).waiting;
    t.type(first, 'number');
    await say(customer, id, 'two');
    t.equal((await look(ann, id)).waiting, first, 'the first');
    await say(bob, id, 'Hello');
    t.equal((await look(ann, id)).waiting, null);
    await say(customer, id, 'four');
    const second = (await look(ann, id)).waiting;
    t.ok(second > first);
    await ann.patch(`conversations/${id}`, { status: 'closed' });
    t.equal((await look(ann, id)).waiting, null);
    await say(customer, id, 'five');
    t.ok((await look(ann, id)).waiting > second);
    await say(bob, id, 'six');
    await ann.patch(`conversations/${id}`, { assigneeId: null });
    t.type((await look(ann, id)).waiting, 'number', 'on entering the queue');
  },
);
