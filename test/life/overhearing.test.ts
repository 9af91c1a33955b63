/** Whoever asks in vain for what is others' hears nothing of it afterwards either. */
import { randomUUIDv7 } from 'node:crypto';
import t from 'tap';
import { startApp } from '../helper.ts';

t.test('who asks in vain for a direct conversation by its id does not overhear it', async (t) => {
  const app = await startApp(t, { direct: 'everybody' });
  const [una, ulf, eve] = [await app.hostUser('una'), await app.hostUser('ulf'), await app.hostUser('eve')];
  const agent = await app.member('agent', 'ann');
  const one = await una.connect();
  const said = await one.call({ type: 'message.send', to: { userId: ulf.user.id }, message: { content: 'for Ulf' } });
  const { conversationId, id: messageId } = said.message;
  const requests = [
    { type: 'message.send', message: { id: randomUUIDv7(), content: 'hello' } },
    { type: 'message.edit', messageId, content: 'hello' },
    { type: 'message.delete', messageId },
    { type: 'message.stop', messageId },
    { type: 'conversation.read', seq: 1 },
    { type: 'conversation.delivered', seq: 1 },
    { type: 'conversation.view', viewing: true },
    { type: 'conversation.sync', since: 0 },
    { type: 'typing.set', on: true },
  ];
  for (const actor of [eve, agent]) {
    const line = await actor.connect();
    for (const request of requests) {
      t.match(await line.call({ ...request, conversationId }), { type: 'error', code: 'NOT_FOUND' }, request.type);
    }
    t.equal((await actor.request('PATCH', `conversations/${conversationId}`, { subject: 'mine' })).status, 404);
    await one.call({ type: 'message.send', conversationId, message: { content: 'still for Ulf' } });
    await one.call({ type: 'message.edit', conversationId, messageId, content: 'for Ulf alone' });
    const other = await ulf.connect();
    await other.call({ type: 'conversation.read', conversationId, seq: 2 });
    await other.call({ type: 'typing.set', conversationId, on: true });
    t.same(await line.rest(), [], 'nothing of what is said and read there');
  }
});
