import t from 'tap';
import { type Actor, type Body, startApp } from '../helper.ts';

const START = Date.parse('2026-03-02T10:00:00.000Z');
const MINUTE = 60_000;

/** A server whose clock stands still until it is moved. A login lives 15 minutes. */
async function serverAt(t: Parameters<typeof startApp>[0]) {
  let time = START;
  const app = await startApp(t, { direct: 'everybody' }, { now: () => time });
  const say = async (who: Actor, conversation: string, content: string): Promise<Body> =>
    (await who.request('POST', `conversations/${conversation}/messages`, { content })).body;
  return { app, say, pass: (minutes: number) => (time += minutes * MINUTE) };
}

const stats = async (who: Pick<Actor, 'request'>, id: string): Promise<Body> =>
  (await who.request('GET', `conversations/${id}/stats`)).body;

t.test('a support conversation in numbers', async (t) => {
  const { app, say, pass } = await serverAt(t);
  const customer = await app.visitor();
  const agent = await app.member('agent', 'Ben');
  const asked = await customer.request('POST', 'messages', { to: 'support', message: { content: 'Hello?' } });
  const id = asked.body.conversationId as string;
  t.match(await stats(customer, id), { messages: 1, firstResponseMs: null, resolutionMs: null });
  pass(3);
  await say(agent, id, 'Yes?');
  pass(1);
  const gone = await say(customer, id, 'A slip');
  await say(customer, id, 'I need a lamp');
  await customer.request('DELETE', `conversations/${id}/messages/${gone.id}`);
  pass(6);
  await agent.request('PATCH', `conversations/${id}`, { status: 'closed' });
  const told = await stats(customer, id);
  t.match(told, {
    messages: 3,
    byKind: { text: 3, file: 0, system: 0 },
    byRole: { user: 2, peer: 0, agent: 1, admin: 0, bot: 0 },
    byParticipant: [
      { user: { id: customer.user.id }, messages: 2 },
      { user: { id: agent.user.id, name: 'Ben', role: 'agent' }, messages: 1 },
    ],
    firstAt: '2026-03-02T10:00:00',
    lastAt: '2026-03-02T10:04:00',
    firstResponseMs: 3 * MINUTE,
    resolutionMs: 10 * MINUTE,
  });
  t.equal(told.byParticipant.length, 2);
  t.same(await stats(agent, id), told, 'the same for the team');
  const { body: seen } = await agent.request('GET', `conversations/${id}`);
  t.match(await stats(agent, seen.team.id), { byKind: { text: 0, file: 0, system: 2 }, byParticipant: [] });
  const { status } = await customer.request('GET', `conversations/${seen.team.id}/stats`);
  t.equal(status, 404, 'what the team notes is not counted for the customer');
});

t.test('an answer to nothing is no answer: the team spoke first', async (t) => {
  const { app, say, pass } = await serverAt(t);
  const customer = await app.visitor();
  const agent = await app.member('agent', 'Ben');
  const to = { customerId: customer.user.id };
  const { body } = await agent.request('POST', 'messages', { to, message: { content: 'Your lamp has come' } });
  pass(5);
  await say(customer, body.conversationId, 'Thank you');
  pass(5);
  await say(agent, body.conversationId, 'You are welcome');
  t.match(await stats(agent, body.conversationId), { messages: 3, firstResponseMs: null, resolutionMs: null });
});

t.test(
  'a room counts all who wrote, by their title there, most first; nobody answers or resolves anything',
  async (t) => {
    const { app, say } = await serverAt(t);
    const host = await app.key('*');
    const [ann, dot] = [await app.hostUser('ann', { name: 'Ann' }), await app.hostUser('dot', { name: 'Dot' })];
    const participants = [{ externalId: 'ann', title: 'doctor' }, { externalId: 'dot' }];
    const { body: room } = await host.request('POST', 'conversations', {
      kind: 'room',
      externalId: 'c-1',
      participants,
    });
    for (const content of ['1', '2']) await say(dot, room.id, content);
    await say(ann, room.id, '3');
    await host.request('DELETE', `conversations/${room.id}/participants/${dot.user.id}`);
    const told = await stats(ann, room.id);
    t.match(told, {
      messages: 4,
      byKind: { text: 3, system: 1 },
      byRole: { user: 3 },
      byParticipant: [
        { user: { name: 'Dot' }, messages: 2 },
        { user: { name: 'Ann', title: 'doctor' }, messages: 1 },
      ],
    });
    t.notOk('firstResponseMs' in told || 'resolutionMs' in told);
    t.equal((await dot.request('GET', `conversations/${room.id}/stats`)).status, 404, 'who left counts nothing');
    t.match(await stats(host, room.id), { messages: 4 });
  },
);
