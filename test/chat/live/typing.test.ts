import t, { type Test } from 'tap';
import { startApp, type TestApp } from '../../helper.ts';

const TYPING = { type: 'typing.set', on: true };

async function support(app: TestApp) {
  const visitor = await app.visitor({ name: 'Vic' });
  const customer = await visitor.connect();
  const { message } = await customer.call({ type: 'message.send', to: 'support', message: { content: 'Hi' } });
  return { visitor, customer, conversationId: message.conversationId as string };
}

async function direct(t: Test) {
  const app = await startApp(t, { direct: 'everybody' });
  const [ann, bob] = [await app.hostUser('ann'), await app.hostUser('bob')];
  const { body } = await ann.request('POST', 'messages', { to: { userId: bob.user.id }, message: { content: 'Hi' } });
  return { a: await ann.connect(), b: await bob.connect(), conversationId: body.conversationId as string };
}

t.test('in support typing reaches the customer and whoever of the team views, never the whole inbox', async (t) => {
  const app = await startApp(t);
  const [ann, admin] = [await app.member('agent', 'ann'), await app.admin()];
  const { visitor, customer, conversationId } = await support(app);
  const [viewing, watching] = [await ann.connect({ inbox: true }), await admin.connect({ inbox: true })];
  await viewing.call({ type: 'conversation.view', conversationId, viewing: true });
  t.match(await customer.call({ ...TYPING, conversationId, text: 'a secret draft' }), { type: 'ok' });
  const heard = await viewing.event('typing');
  t.same(heard, {
    type: 'typing',
    conversationId,
    user: { id: visitor.user.id, name: 'Vic', role: 'user' },
    on: true,
  });
  await viewing.call({ ...TYPING, conversationId });
  t.match(await customer.event('typing'), { user: { id: ann.user.id }, on: true });
  const untold = (await watching.rest()).filter(({ type }) => type === 'typing' || type === 'viewer');
  t.same(untold, []);
  t.same(
    (await viewing.rest()).filter(({ type }) => type === 'typing'),
    [],
    'nobody is told of themselves',
  );
});

t.test('typing is told once a second at most, and its end with it', async (t) => {
  const { a, b, conversationId } = await direct(t);
  for (let count = 0; count < 5; count += 1) await a.call({ ...TYPING, conversationId });
  await a.call({ ...TYPING, conversationId, on: false });
  for (let count = 0; count < 5; count += 1) await a.call({ ...TYPING, conversationId });
  await a.call({ ...TYPING, conversationId, on: false });
  const told = (await b.rest()).filter(({ type }) => type === 'typing');
  t.same(
    told.map(({ on }) => on),
    [true, false],
  );
});

t.test('typing ends by itself after six seconds', async (t) => {
  const { a, b, conversationId } = await direct(t);
  await a.call({ ...TYPING, conversationId });
  t.match(await b.event('typing'), { on: true });
  const begun = performance.now();
  t.match(await b.event('typing'), { on: false });
  const took = performance.now() - begun;
  t.ok(took > 5_000 && took < 8_000, `${took} ms`);
});

t.test('a message ends typing without a word', async (t) => {
  const { a, b, conversationId } = await direct(t);
  await a.call({ ...TYPING, conversationId });
  await a.call({ type: 'message.send', conversationId, message: { content: 'Hi' } });
  await a.call({ ...TYPING, conversationId, on: false });
  const heard = (await b.rest()).map(({ type }) => type);
  t.same(heard, ['typing', 'message.created']);
});

t.test('only who may write is typing', async (t) => {
  const app = await startApp(t);
  const [peer, other, key] = [await app.member('peer', 'pat'), await app.visitor(), await app.key('*')];
  const { visitor, conversationId } = await support(app);
  const { body } = await visitor.request('POST', 'messages', { to: { queue: 'peer' }, message: { content: 'Hi' } });
  const table: [string, typeof other, string, number][] = [
    ['another visitor', other, conversationId, 404],
    ['a peer, of what is not for peers', peer, conversationId, 404],
    ['a peer, of what waits', peer, body.conversationId, 403],
    ['its customer', visitor, conversationId, 204],
    ['of a side conversation', await app.admin(), await sideOf(app, conversationId), 400],
  ];
  for (const [name, who, id, status] of table) {
    t.equal((await who.request('POST', `conversations/${id}/typing`, { on: true })).status, status, name);
  }
  t.equal((await key.request('POST', `conversations/${conversationId}/typing`, { on: true })).status, 403, 'a key');
  await (await app.admin()).request('POST', `users/${visitor.user.id}/block`);
  const blocked = await visitor.request('POST', `conversations/${conversationId}/typing`, { on: true });
  t.match(blocked, { status: 403, body: { code: 'BLOCKED' } });
});

t.test(
  'what a customer is writing is read by the team where a setting allows it; what the team writes by nobody',
  async (t) => {
    const app = await startApp(t);
    const [ann, admin] = [await app.member('agent', 'ann'), await app.admin()];
    const { visitor, customer, conversationId } = await support(app);
    const other = await visitor.connect();
    const viewing = await ann.connect({ inbox: true });
    await viewing.call({ type: 'conversation.view', conversationId, viewing: true });
    t.equal((await app.request('GET', 'widget/config')).body.typingText, false);
    await admin.request('PATCH', 'settings', { typingText: true });
    t.equal((await app.request('GET', 'widget/config')).body.typingText, true);
    await customer.call({ ...TYPING, conversationId, text: 'My order' });
    t.match(await viewing.event('typing'), { on: true, text: 'My order' });
    await viewing.call({ ...TYPING, conversationId, text: 'What a pest' });
    t.notOk('text' in (await other.event('typing')), 'on no line of the customer');
    await customer.call({ ...TYPING, conversationId, on: false, text: 'My order' });
    t.notOk('text' in (await viewing.event('typing')), 'it is over');
    // After a message it is told again at once.
    await customer.call({ type: 'message.send', conversationId, message: { content: 'My order' } });
    await admin.request('PATCH', 'settings', { typingText: false });
    const path = `conversations/${conversationId}/typing`;
    t.equal((await visitor.request('POST', path, { on: true, text: 'My order 4790' })).status, 204);
    t.notOk('text' in (await viewing.event('typing')));
  },
);

async function sideOf(app: TestApp, id: string): Promise<string> {
  return (await (await app.admin()).request('GET', `conversations/${id}`)).body.team.id;
}
