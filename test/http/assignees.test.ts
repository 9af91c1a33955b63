import t from 'tap';
import { startApp } from '../helper.ts';

t.test('who answers open conversations, with their numbers, for agents and admins', async (t) => {
  const app = await startApp(t);
  const agent = await app.member('agent', 'aiko');
  const peer = await app.member('peer', 'priya');
  const admin = await app.admin();
  const begin = async () => {
    const visitor = await app.visitor();
    const sent = await visitor.request('POST', 'messages', { to: 'support', message: { content: 'Hello?' } });
    return sent.body.conversationId as string;
  };
  const change = (id: string, body: object) => admin.request('PATCH', `conversations/${id}`, body);
  const counted = async () => (await agent.request('GET', 'assignees')).body.items;
  const [first, second, third, fourth] = [await begin(), await begin(), await begin(), await begin()];
  t.same((await agent.request('GET', 'assignees')).body, { items: [], next: null }, 'the queue is nobody’s');

  for (const id of [first, second, third]) await change(id, { assigneeId: agent.user.id });
  await change(fourth, { assigneeId: peer.user.id });
  t.same((await counted()).length, 2);
  t.match(await counted(), [
    { id: agent.user.id, open: 3, snoozed: 0 },
    { id: peer.user.id, open: 1, snoozed: 0 },
  ]);

  await change(first, { snoozedUntil: '2040-01-01T00:00:00.000Z' });
  await change(second, { status: 'closed' });
  await change(fourth, { assigneeId: null });
  t.same(await counted(), [{ id: agent.user.id, open: 1, snoozed: 1 }]);

  for (const other of [await app.visitor(), peer]) t.equal((await other.request('GET', 'assignees')).status, 403);
});
