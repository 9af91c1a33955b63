import t from 'tap';
import { startApp } from '../../helper.ts';

t.test('who watches the inbox is told its numbers: at most once a second, and the last ones always', async (t) => {
  const app = await startApp(t);
  const [admin, agent] = [await app.admin(), await app.member('agent', 'ann')];
  const line = await admin.connect();
  t.match(await line.call({ type: 'inbox.watch' }), { counts: { queue: 0, mine: 0, open: 0, snoozed: 0 } });
  const begun = performance.now();
  let conversationId = '';
  for (let count = 0; count < 30; count += 1) {
    const visitor = await app.visitor();
    const sent = await visitor.request('POST', 'messages', { to: 'support', message: { content: 'Hi' } });
    conversationId = sent.body.conversationId;
  }
  await agent.request('PATCH', `conversations/${conversationId}`, { assigneeId: admin.user.id });
  await line.event(
    (event) => event.type === 'inbox.counts' && event.queue === 29 && event.mine === 1 && event.open === 30,
  );
  const told = line.frames.filter(({ type }) => type === 'inbox.counts').length;
  t.ok(told <= Math.ceil((performance.now() - begun) / 1_000) + 1, `${told} times`);
});

t.test('inbox.watch brings every support conversation, and its end takes them away', async (t) => {
  const app = await startApp(t);
  const [admin, visitor] = [await app.admin(), await app.visitor()];
  const [line, customer] = [await admin.connect(), await visitor.connect()];
  const send = (where: object, content: string) =>
    customer.call({ type: 'message.send', ...where, message: { content } });
  const { conversationId } = (await send({ to: 'support' }, 'one')).message;
  await line.call({ type: 'inbox.watch', on: true });
  await send({ conversationId }, 'two');
  t.match(await line.event('message.created'), { message: { content: 'two' }, conversation: { id: conversationId } });
  t.match(await line.call({ type: 'inbox.watch', on: false }), { counts: { open: 1 } });
  await line.rest();
  await send({ conversationId }, 'three');
  t.same(await line.rest(), []);
});

t.test('peers are told the numbers of what they may read; customers have no inbox', async (t) => {
  const app = await startApp(t);
  const [peer, visitor] = [await app.member('peer', 'pat'), await app.visitor()];
  await visitor.request('POST', 'messages', { to: 'support', message: { content: 'Hi' } });
  await visitor.request('POST', 'messages', { to: { queue: 'peer' }, message: { content: 'Hi' } });
  const line = await peer.connect();
  t.match(await line.call({ type: 'inbox.watch' }), { counts: { queue: 1, open: 1 } });
  const customer = await visitor.connect();
  t.match(await customer.call({ type: 'inbox.watch' }), { type: 'error', code: 'FORBIDDEN' });
});
