import { randomUUIDv7 } from 'node:crypto';
import t from 'tap';
import { type Body, startApp } from '../../helper.ts';

const watch = (...userIds: string[]) => ({ type: 'presence.watch', userIds });
const of = (id: string, state: string) => (event: Body) =>
  event.type === 'presence' && event.users[0].id === id && event.users[0].state === state;

t.test('online while a line is, away when all lines say so, offline after the grace', async (t) => {
  const app = await startApp(t, { presenceGraceMs: 50 });
  const [admin, visitor] = [await app.admin(), await app.visitor()];
  const watcher = await admin.connect();
  const { id } = visitor.user;
  t.match(await watcher.call(watch(id)), { users: [{ id, state: 'offline' }] });
  const [one, two] = [await visitor.connect(), await visitor.connect()];
  await watcher.event(of(id, 'online'));
  await one.call({ type: 'presence.set', state: 'away' });
  t.same(await watcher.rest(), [], 'another line is still online');
  await two.call({ type: 'presence.set', state: 'away' });
  await watcher.event(of(id, 'away'));
  await one.call({ type: 'presence.set', state: 'online' });
  await watcher.event(of(id, 'online'));
  one.socket.close();
  await watcher.event(of(id, 'away'));
  two.socket.close();
  const gone = await watcher.event(of(id, 'offline'));
  t.ok(Math.abs(Date.parse(gone.users[0].lastSeenAt) - Date.now()) < 10_000, 'last seen now');
  const { body } = await admin.request('GET', `users/${id}`);
  t.ok(Math.abs(Date.parse(body.lastSeenAt) - Date.now()) < 10_000, 'and kept');
});

t.test('a page that loads anew is no leaving', async (t) => {
  const app = await startApp(t);
  const [admin, visitor] = [await app.admin(), await app.visitor()];
  const watcher = await admin.connect();
  await watcher.call(watch(visitor.user.id));
  const first = await visitor.connect();
  await watcher.event(of(visitor.user.id, 'online'));
  first.socket.close();
  await first.closed;
  await visitor.connect();
  t.same(await watcher.rest(), []);
});

t.test(
  'presence is told to those who share a conversation, and to the team; to customers the team is one',
  async (t) => {
    const app = await startApp(t, { presenceGraceMs: 0 });
    const [ann, bob, eve] = [await app.hostUser('ann'), await app.hostUser('bob'), await app.hostUser('eve')];
    const [agent, peer, admin] = [await app.member('agent', 'abe'), await app.member('peer', 'pat'), await app.admin()];
    const key = await app.key('*');
    const participants = [{ userId: ann.user.id }, { userId: bob.user.id }];
    const { body: room } = await key.request('POST', 'conversations', {
      kind: 'room',
      externalId: 'r',
      participants,
    });
    await eve.request('POST', 'messages', { to: { queue: 'peer' }, message: { content: 'Hi' } });
    const ids = [ann.user.id, bob.user.id, eve.user.id, agent.user.id, peer.user.id, randomUUIDv7(), 'team'];
    const all = [ann, bob, eve, agent, peer, admin].map(({ user }) => user.id);
    const seenBy = async (who: typeof ann) => {
      const line = await who.connect();
      const { users } = await line.call(watch(...ids, admin.user.id));
      line.socket.close();
      return users.map(({ id }: Body) => id);
    };
    t.same(await seenBy(ann), [ann.user.id, bob.user.id, 'team']);
    t.same(await seenBy(eve), [eve.user.id, 'team'], 'not the agent who may answer');
    t.same(await seenBy(peer), [eve.user.id, peer.user.id, 'team'], 'the customers of what waits for peers');
    t.same((await seenBy(agent)).sort(), [...all, 'team'].sort(), 'the team sees everybody who is there');
    const line = await ann.connect();
    const [b, c] = [await bob.connect(), await agent.connect()];
    await line.call(watch(bob.user.id, 'team'));
    await key.request('DELETE', `conversations/${room.id}/participants/${bob.user.id}`);
    b.socket.close();
    c.socket.close();
    await line.event(of('team', 'offline'));
    t.notOk(line.frames.some(of(bob.user.id, 'offline')), 'who no longer shares anything is not told');
  },
);

t.test('a watched list is replaced, and bounded', async (t) => {
  const app = await startApp(t);
  const [admin, one, two] = [await app.admin(), await app.visitor(), await app.visitor()];
  const watcher = await admin.connect();
  await watcher.call(watch(one.user.id.toUpperCase()));
  t.match(await watcher.call(watch(two.user.id, two.user.id)), { users: [{ id: two.user.id }] });
  await one.connect();
  await two.connect();
  await watcher.event(of(two.user.id, 'online'));
  t.notOk(watcher.frames.some(of(one.user.id, 'online')));
  const many = Array.from({ length: 201 }, () => randomUUIDv7());
  t.match(await watcher.call(watch(...many)), { type: 'error', code: 'VALIDATION' });
});

t.test('a context told with presence begins the next conversation', async (t) => {
  const app = await startApp(t);
  const visitor = await app.visitor();
  const line = await visitor.connect();
  const context = { page: 'https://example.com/prices', title: 'Prices' };
  t.match(await line.call({ type: 'presence.set', state: 'online', context }), { type: 'ok' });
  const { message } = await line.call({ type: 'message.send', to: 'support', message: { content: 'Hi' } });
  const { body } = await (await app.admin()).request('GET', `conversations/${message.conversationId}`);
  t.same(body.team.context, context);
});
