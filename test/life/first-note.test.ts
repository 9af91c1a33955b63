/** What a server tells of a conversation that it has not touched since its start, when the first thing there is a note. */
import t from 'tap';
import { tempFolder } from '../db/register.ts';
import { startApp } from '../helper.ts';

t.test('a note to a conversation with tags takes none of them from who hears of it', async (t) => {
  const folder = tempFolder(t);
  const before = await startApp(t, {}, { folder });
  const agent = await before.member('agent', 'ann');
  const customer = await before.visitor();
  const sent = await customer.request('POST', 'messages', { to: 'support', message: { content: 'Hello' } });
  const { conversationId } = sent.body;
  const tags = ['chairs', 'sofas'];
  t.equal((await agent.request('PATCH', `conversations/${conversationId}`, { tags })).status, 200);
  const { team } = (await agent.request('GET', `conversations/${conversationId}`)).body;
  await before.stop();

  const later = (await startApp(t, {}, { folder })).actor(agent.token, agent.user);
  const line = await later.connect({ inbox: true });
  const ok = await line.call({ type: 'message.send', conversationId: team.id, message: { content: 'A note' } });
  t.match(ok, { type: 'ok', conversation: { id: conversationId, team: { tags } } });
  t.match((await later.request('GET', `conversations/${conversationId}`)).body.team, { tags });
});
