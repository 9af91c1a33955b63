import t from 'tap';
import { startApp } from '../helper.ts';

t.test('the tags in use, with their numbers, for agents and admins', async (t) => {
  const app = await startApp(t);
  const agent = await app.member('agent', 'aiko');
  const begin = async (tags: string[], status: string) => {
    const visitor = await app.visitor();
    const sent = await visitor.request('POST', 'messages', { to: 'support', message: { content: 'Hello?' } });
    await agent.request('PATCH', `conversations/${sent.body.conversationId}`, { tags, status });
    return sent.body.conversationId as string;
  };
  t.same((await agent.request('GET', 'tags')).body, { items: [], next: null });
  await begin(['order', 'broken'], 'open');
  const last = await begin(['order'], 'closed');
  const counted = async () => (await agent.request('GET', 'tags')).body.items;
  t.same(await counted(), [
    { tag: 'broken', conversations: 1, open: 1 },
    { tag: 'order', conversations: 2, open: 1 },
  ]);
  await agent.request('PATCH', `conversations/${last}`, { tags: [] });
  t.match(await counted(), [{ tag: 'broken' }, { tag: 'order', conversations: 1, open: 1 }]);
  await agent.request('PATCH', `conversations/${last}`, { tags: ['Reparatur'] });
  t.match(await counted(), [{ tag: 'Reparatur', conversations: 1, open: 0 }, {}, {}]);
  for (const other of [await app.visitor(), await app.member('peer', 'priya')]) {
    t.equal((await other.request('GET', 'tags')).status, 403);
  }
});
