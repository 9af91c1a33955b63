import t from 'tap';
import { startApp } from '../../helper.ts';

t.test('a poll that waits is answered by the first change', async (t) => {
  const app = await startApp(t);
  const [visitor, admin] = [await app.visitor(), await app.admin()];
  const { body: first } = await visitor.request('GET', 'changes');
  const wait = (cursor: string) => visitor.request('GET', `changes?wait=25&cursor=${cursor}`);
  const waiting = wait(first.cursor);
  const { body: message } = await visitor.request('POST', 'messages', { to: 'support', message: { content: 'Hi' } });
  const { body: one } = await waiting;
  t.match(one, { reset: false, conversations: [{ id: message.conversationId }] });
  const again = wait(one.cursor);
  await admin.request('POST', `conversations/${message.conversationId}/messages`, { content: 'Hello' });
  t.match((await again).body, { reset: false, conversations: [{ id: message.conversationId, seq: 2 }] });
});

t.test('nothing happens: an empty answer with a cursor, when the time is over', async (t) => {
  const app = await startApp(t);
  const visitor = await app.visitor();
  const { body: first } = await visitor.request('GET', 'changes');
  const idle = await visitor.request('GET', `changes?wait=1&cursor=${first.cursor}`);
  t.match(idle, { status: 200, body: { reset: false, conversations: [], removed: [], cursor: String } });
});

t.test('a poll wakes at what its user may read and at nothing else', async (t) => {
  const app = await startApp(t);
  const [visitor, other, agent] = [await app.visitor(), await app.visitor(), await app.member('agent', 'ann')];
  const cursorOf = async (who: typeof visitor) => (await who.request('GET', 'changes')).body.cursor;
  const mine = visitor.request('GET', `changes?wait=1&cursor=${await cursorOf(visitor)}`);
  const team = agent.request('GET', `changes?wait=25&cursor=${await cursorOf(agent)}`);
  const { body } = await other.request('POST', 'messages', { to: 'support', message: { content: 'Hi' } });
  t.match((await team).body, { conversations: [{ id: body.conversationId }] }, 'the team reads every inbox');
  t.match((await mine).body, { conversations: [], removed: [] });
});

t.test('a poll ends with its session', async (t) => {
  const app = await startApp(t);
  const agent = await app.member('agent', 'ann');
  const { body } = await agent.request('GET', 'changes');
  const line = await (await app.admin()).connect();
  await line.call({ type: 'presence.watch', userIds: [agent.user.id] });
  const waiting = agent.request('GET', `changes?wait=25&cursor=${body.cursor}`);
  await line.event(({ users }) => users?.[0]?.state === 'online');
  await agent.request('POST', 'auth/logout');
  t.match(await waiting, { status: 401, body: { code: 'UNAUTHENTICATED' } });
});
