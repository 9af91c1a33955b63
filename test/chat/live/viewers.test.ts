import t from 'tap';
import { type Body, startApp } from '../../helper.ts';

const view = (conversationId: string, viewing = true) => ({ type: 'conversation.view', conversationId, viewing });
const names = ({ users }: Body) => users.map(({ name }: Body) => name);

t.test('in support the team that views is told who else does, the customer is not', async (t) => {
  const app = await startApp(t);
  const [ann, bob, visitor] = [await app.member('agent', 'ann'), await app.member('agent', 'bob'), await app.visitor()];
  const [a, b, customer] = [await ann.connect(), await bob.connect({ inbox: true }), await visitor.connect()];
  const { message } = await customer.call({ type: 'message.send', to: 'support', message: { content: 'Hi' } });
  const { conversationId } = message;
  await a.call(view(conversationId));
  t.same(names(await a.event('viewer')), ['ann']);
  await b.call(view(conversationId));
  t.same(names(await a.event('viewer')), ['ann', 'bob']);
  t.same(names(await b.event('viewer')), ['ann', 'bob'], 'who comes is told at once');
  await a.call(view(conversationId, false));
  t.same(names(await b.event('viewer')), ['bob']);
  t.same(
    (await a.rest()).filter(({ type }) => type === 'viewer'),
    [],
  );
  await a.call(view(conversationId));
  await b.event('viewer');
  a.socket.close();
  t.same(names(await b.event('viewer')), ['bob'], 'a line that ends no longer views');
  t.same(
    (await customer.rest()).filter(({ type }) => type === 'viewer'),
    [],
  );
});

t.test('a second line of the same person changes nothing for the others', async (t) => {
  const app = await startApp(t);
  const [ann, bob] = [await app.hostUser('ann'), await app.hostUser('bob')];
  const admin = await app.admin();
  const participants = [{ userId: ann.user.id }, { userId: bob.user.id }];
  const { body: room } = await admin.request('POST', 'conversations', { kind: 'room', externalId: 'r', participants });
  const [one, two, b] = [await ann.connect(), await ann.connect(), await bob.connect()];
  await b.call(view(room.id));
  await one.call(view(room.id));
  await two.call(view(room.id));
  t.equal((await b.rest()).filter(({ type }) => type === 'viewer').length, 2, 'bob, then ann');
  t.equal((await two.rest()).filter(({ type }) => type === 'viewer').length, 1, 'a line that comes is told');
  await admin.request('DELETE', `conversations/${room.id}/participants/${ann.user.id}`);
  t.equal((await b.event('viewer')).users.length, 1, 'who is taken out no longer views');
});

t.test('viewers of a room of more than fifty are not told', async (t) => {
  const app = await startApp(t);
  const [ann, admin] = [await app.hostUser('ann'), await app.admin()];
  const others = Array.from({ length: 50 }, (_, index) => ({ externalId: `guest-${index}` }));
  const participants = [{ userId: ann.user.id }, ...others];
  const { body: room } = await admin.request('POST', 'conversations', { kind: 'room', externalId: 'r', participants });
  const line = await ann.connect();
  t.match(await line.call(view(room.id)), { type: 'ok' });
  t.same(
    (await line.rest()).filter(({ type }) => type === 'viewer'),
    [],
  );
});

t.test('both of a direct conversation are told, whether they view it or not', async (t) => {
  const app = await startApp(t, { direct: 'everybody' });
  const [ann, bob] = [await app.hostUser('ann'), await app.hostUser('bob')];
  const { body } = await ann.request('POST', 'messages', { to: { userId: bob.user.id }, message: { content: 'Hi' } });
  const [a, b] = [await ann.connect(), await bob.connect()];
  await a.call(view(body.conversationId));
  t.match(await b.event('viewer'), { conversationId: body.conversationId, users: [{ id: ann.user.id }] });
});

t.test('a line without the inbox hears the conversations that it views, until it looks away', async (t) => {
  const app = await startApp(t);
  const [agent, visitor] = [await app.member('agent', 'ann'), await app.visitor()];
  const [line, customer] = [await agent.connect(), await visitor.connect()];
  const send = (where: object, content: string) =>
    customer.call({ type: 'message.send', ...where, message: { content } });
  const { conversationId } = (await send({ to: 'support' }, 'one')).message;
  t.same(await line.rest(), [], 'nothing of the inbox');
  await line.call(view(conversationId));
  await send({ conversationId }, 'two');
  t.match(await line.event('message.created'), { message: { content: 'two' } });
  await line.call(view(conversationId, false));
  await send({ conversationId }, 'three');
  t.notOk((await line.rest()).some(({ type }) => type === 'message.created'));
});
