import t from 'tap';
import { startApp } from '../../helper.ts';

t.test('a delivered mark is told at once, only rises, and goes no further than the conversation', async (t) => {
  const app = await startApp(t, { direct: 'everybody' });
  const [ann, bob] = [await app.hostUser('ann'), await app.hostUser('bob')];
  const { body } = await ann.request('POST', 'messages', { to: { userId: bob.user.id }, message: { content: 'one' } });
  const { conversationId } = body;
  for (const content of ['two', 'three'])
    await ann.request('POST', `conversations/${conversationId}/messages`, { content });
  const [a, b, elsewhere] = [await ann.connect(), await bob.connect(), await bob.connect()];
  const mark = (seq: number) => b.call({ type: 'conversation.delivered', conversationId, seq });
  t.match(await mark(2), { type: 'ok' });
  t.match(await a.event('participant.read'), { userId: bob.user.id, readSeq: 0, deliveredSeq: 2 });
  t.match(await elsewhere.event('participant.read'), { deliveredSeq: 2, unread: 3 });
  await mark(1);
  await mark(2);
  t.same(await a.rest(), [], 'never back');
  await mark(99);
  t.match(await a.event('participant.read'), { deliveredSeq: 3 });
  await b.call({ type: 'conversation.read', conversationId, seq: 3 });
  await a.event('participant.read');
  await mark(3);
  t.same(await a.rest(), [], 'what is read was delivered');
});

t.test('delivered marks are for support and direct conversations', async (t) => {
  const app = await startApp(t);
  const [ann, admin, visitor] = [await app.hostUser('ann'), await app.admin(), await app.visitor()];
  const room = { kind: 'room', externalId: 'r', participants: [{ userId: ann.user.id }] };
  const { body } = await admin.request('POST', 'conversations', room);
  const line = await ann.connect();
  const mark = (conversationId: string) => ({ type: 'conversation.delivered', conversationId, seq: 1 });
  t.match(await line.call(mark(body.id)), { type: 'error', code: 'VALIDATION', details: { path: 'conversationId' } });
  const { body: sent } = await visitor.request('POST', 'messages', { to: 'support', message: { content: 'Hi' } });
  t.match(await line.call(mark(sent.conversationId)), { type: 'error', code: 'NOT_FOUND' });
  const { body: support } = await admin.request('GET', `conversations/${sent.conversationId}`);
  const team = await admin.connect();
  t.match(
    await team.call(mark(support.team.id)),
    { type: 'error', code: 'VALIDATION' },
    'a side conversation has none',
  );
  t.match(await team.call(mark(support.id)), { type: 'ok' }, 'the team has none, and is not bothered');
});
