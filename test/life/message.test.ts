import t from 'tap';
import { startApp } from '../helper.ts';

t.test('a visitor writes, the team hears it at once and answers, both see one order', async (t) => {
  const server = await startApp(t);
  const [visitor, agent] = [await server.visitor(), await server.member('agent', 'bob')];
  const team = await agent.connect({ inbox: true });
  const customer = await visitor.connect();

  const asked = await customer.call({
    type: 'message.send',
    to: 'support',
    message: { content: 'Is the lamp in stock?' },
  });
  t.equal(asked.type, 'ok');
  t.equal(asked.message.seq, 1);
  const { conversationId } = asked.message;

  const made = await team.event('conversation.created');
  t.equal(made.conversationId, conversationId);
  t.equal(made.conversation.rev, 1);
  t.type(made.conversation.team.id, 'string', 'the team sees the side conversation');
  const heard = await team.event('message.created');
  t.equal(heard.message.content, 'Is the lamp in stock?');
  t.same(heard.message.author, { id: visitor.user.id, name: null, role: 'user' });

  const answered = await team.call({
    type: 'message.send',
    conversationId,
    message: { content: 'Yes, three of them.' },
  });
  t.equal(answered.message.seq, 2);
  t.equal(answered.conversation.assignee.name, 'bob');
  const answer = await customer.event((event) => event.type === 'message.created');
  t.equal(answer.message.content, 'Yes, three of them.');
  t.equal(answer.message.author.name, 'bob');
  t.notMatch(
    JSON.stringify(customer.frames),
    /"team":|bob@example\.com/,
    'nothing of the team’s own reaches the customer',
  );

  const read = await customer.call({ type: 'conversation.read', conversationId, seq: 2 });
  t.match(read, { readSeq: 2, unread: 0 });
  t.match(await team.event('participant.read'), { userId: visitor.user.id, readSeq: 2 });
});

t.test('a stranger finds nothing of it', async (t) => {
  const server = await startApp(t);
  const [visitor, stranger] = [await server.visitor(), await server.visitor()];
  const customer = await visitor.connect();
  const other = await stranger.connect();
  const asked = await customer.call({ type: 'message.send', to: 'support', message: { content: 'Hello' } });
  const { conversationId } = asked.message;
  for (const request of [
    { type: 'message.send', message: { content: 'Hi' } },
    { type: 'conversation.sync', since: 0 },
    { type: 'conversation.read', seq: 1 },
    { type: 'conversation.view', viewing: true },
    { type: 'typing.set', on: true },
  ]) {
    t.match(await other.call({ ...request, conversationId }), { type: 'error', code: 'NOT_FOUND' }, request.type);
  }
  t.same(await other.rest(), []);
});
