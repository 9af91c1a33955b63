import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { systemClock } from '../../../src/web/sdk/clock.ts';
import type { ClientState } from '../../../src/web/sdk/connection.ts';
import { memoryStorage } from '../../../src/web/sdk/storage.ts';
import { startApp } from '../../helper.ts';
import { client, contents, until } from './live.ts';
import { startProxy } from './proxy.ts';

/** Comes back without waiting: what is tried here is what happens then. */
const clock = { ...systemClock, random: () => 0 };

t.test('a line that is lost comes back, and brings what was missed', async (t) => {
  const app = await startApp(t);
  const proxy = await startProxy(t, app.url);
  const [visitor, agent] = await Promise.all([app.visitor(), app.member('agent', 'Aiko')]);
  const theirs = client(t, proxy.url, visitor.token, { clock });
  const ours = client(t, app.url, agent.token, { inbox: true });
  await Promise.all([theirs.connect(), ours.connect()]);
  const first = await theirs.send({ to: 'support' }, 'one').done;
  const id = first.conversationId;
  const states: ClientState['name'][] = [];
  theirs.on('state', ({ name }) => states.push(name));
  proxy.refuse(true);
  await until(theirs, 'the line is lost', () => theirs.state.name === 'reconnecting');
  await ours.conversations.open(id);
  for (const content of ['two', 'three']) await ours.send(id, content).done;
  await ours.edit(id, ours.conversations.messages(id)[1]?.id as string, 'two, better');
  await theirs.http.json('GET', '/v1/me').catch(() => {});
  proxy.refuse(false);
  await until(theirs, 'all is there', () => contents(theirs, id).length === 3);
  t.same(contents(theirs, id), ['one', 'two, better', 'three']);
  t.equal(theirs.conversations.get(id)?.my?.unread, 2);
  t.same(states, ['reconnecting', 'online']);
});

t.test('what is written without a line goes out once there is one, once and in order', async (t) => {
  const app = await startApp(t);
  const proxy = await startProxy(t, app.url);
  const visitor = await app.visitor();
  const storage = memoryStorage();
  const before = client(t, proxy.url, visitor.token, { clock, storage, userId: visitor.user.id });
  await before.connect();
  const { conversationId: id } = await before.send({ to: 'support' }, '0').done;
  proxy.refuse(true);
  await until(before, 'no line', () => before.state.name === 'reconnecting');
  const kept = ['1', '2', '3'].map((content) => before.send(id, content).done);
  t.same(
    before.outbox.list().map(({ state }) => state),
    ['queued', 'queued', 'queued'],
  );
  before.close();
  for (const one of kept) await t.rejects(one, { code: 'STOPPED' });
  for (const key of storage.keys()) await navigator.locks.request(key.replace(/\.[^.]*$/, ''), () => {});

  const after = client(t, proxy.url, visitor.token, { clock, storage, userId: visitor.user.id });
  await until(after, 'the reload shows them', () => after.outbox.list().length === 3);
  void after.connect();
  after.send(id, '4');
  proxy.refuse(false);
  await until(after, 'all sent', () => after.outbox.list().length === 0);
  await after.conversations.open(id);
  t.same(contents(after, id), ['0', '1', '2', '3', '4']);
  t.same(storage.keys(), []);
});

t.test('an answer that was lost on the way is asked for again, and stored once', async (t) => {
  const app = await startApp(t);
  const proxy = await startProxy(t, app.url);
  const visitor = await app.visitor();
  const made = client(t, proxy.url, visitor.token, { clock });
  await made.connect();
  const { conversationId: id } = await made.send({ to: 'support' }, '0').done;
  const sendings = Array.from({ length: 20 }, (_, i) => made.send(id, `${i + 1}`));
  for (const { done } of sendings) {
    proxy.cut();
    await done;
  }
  const page = (await visitor.request('GET', `conversations/${id}/messages`)).body.items;
  t.same(
    page.map(({ content }: { content: string }) => content),
    ['0', ...sendings.map((_, i) => `${i + 1}`)],
  );
  await until(made, 'all held', () => contents(made, id).length === 21);
  t.same(made.conversations.messages(id), page);
});

t.test('a half-open line is noticed by its silence and replaced', async (t) => {
  const app = await startApp(t, { heartbeatMs: 150 });
  const proxy = await startProxy(t, app.url);
  const visitor = await app.visitor();
  const made = client(t, proxy.url, visitor.token, { clock });
  await made.connect();
  const { conversationId: id } = await made.send({ to: 'support' }, '0').done;
  const lost = until(made, 'it is noticed', () => made.state.name === 'reconnecting');
  proxy.freeze();
  const late = made.send(id, '1');
  await lost;
  await late.done;
  await until(made, 'there is another', () => contents(made, id).length === 2);
});

t.test('the server ends and starts again: nothing is lost, on either side', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'parley-test-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const app = await startApp(t, {}, { folder });
  const proxy = await startProxy(t, app.url);
  const [visitor, agent] = await Promise.all([app.visitor(), app.member('agent', 'Aiko')]);
  const theirs = client(t, proxy.url, visitor.token, { clock });
  const ours = client(t, proxy.url, agent.token, { clock, inbox: true });
  await Promise.all([theirs.connect(), ours.connect()]);
  const { conversationId: id } = await theirs.send({ to: 'support' }, '0').done;
  await ours.conversations.open(id);
  const sending = Array.from({ length: 200 }, (_, i) => (i % 2 ? ours : theirs).send(id, `${i + 1}`).done);
  await sending[20];
  await app.stop();
  const again = await startApp(t, {}, { folder });
  proxy.to(again.url);
  const messages = await Promise.all(sending);
  t.equal(new Set(messages.map(({ seq }) => seq)).size, 200);
  const all = (one: typeof ours) => () => contents(one, id).length === 201;
  await Promise.all([until(theirs, 'all', all(theirs)), until(ours, 'all', all(ours))]);
  t.same(theirs.conversations.messages(id), ours.conversations.messages(id));
  for (const odd of [0, 1]) {
    const order = messages.filter((_, i) => i % 2 === odd).map(({ seq }) => seq);
    t.same(
      [...order].sort((a, b) => a - b),
      order,
      'each one’s messages stand in the order of their writing',
    );
  }
});

t.test('over a hundred conversations that changed meanwhile come in pages', async (t) => {
  const app = await startApp(t);
  const proxy = await startProxy(t, app.url);
  const agent = await app.member('agent', 'Aiko');
  const ours = client(t, proxy.url, agent.token, { clock, inbox: true });
  await ours.connect();
  proxy.refuse(true);
  await until(ours, 'no line', () => ours.state.name === 'reconnecting');
  const made = await Promise.all(
    Array.from({ length: 250 }, async (_, i) => {
      const visitor = await app.visitor();
      return (await visitor.request('POST', 'messages', { to: 'support', message: { content: `${i}` } })).body;
    }),
  );
  proxy.refuse(false);
  await until(ours, 'all of them', () => ours.conversations.list().length === 250);
  t.same(
    new Set(ours.conversations.list().map(({ id }) => id)),
    new Set(made.map(({ conversationId }) => conversationId)),
  );
  t.ok(ours.conversations.list().every(({ my }) => my?.unread === 1));
});

t.test('told to stop it stops: blocked, signed out', async (t) => {
  const app = await startApp(t);
  const [visitor, agent, admin] = await Promise.all([app.visitor(), app.member('agent', 'Aiko'), app.admin()]);
  const [theirs, ours] = [visitor, agent].map(({ token }) => client(t, app.url, token, { clock }));
  if (!theirs || !ours) throw new Error('two');
  await Promise.all([theirs.connect(), ours.connect()]);
  await admin.request('POST', `users/${visitor.user.id}/block`);
  await until(theirs, 'blocked', () => theirs.state.name === 'stopped');
  t.match(theirs.state, { name: 'stopped', reason: 'BLOCKED' });
  await agent.request('POST', 'auth/logout');
  await until(ours, 'signed out', () => ours.state.name === 'stopped');
  t.match(ours.state, { name: 'stopped', reason: 'SIGNED_OUT' });
  await t.rejects(client(t, app.url, agent.token, { clock }).connect(), { code: 'STOPPED' });
});

t.test('a refused token is asked for again; nobody signed in any more is an end', async (t) => {
  const app = await startApp(t);
  const visitor = await app.visitor();
  const reasons: unknown[] = [];
  const answers = ['nonsense', visitor.token];
  const made = client(t, app.url, '', {
    clock,
    getToken: async (reason) => {
      reasons.push(reason);
      return answers.shift() ?? null;
    },
  });
  t.equal((await made.connect()).id, visitor.user.id);
  t.same(reasons, [undefined, 'UNAUTHENTICATED']);
  const ended = client(t, app.url, '', { clock, getToken: () => null });
  await t.rejects(ended.connect(), { code: 'STOPPED', message: 'UNAUTHENTICATED' });
});

t.test('closed, it can come back, with what it has not sent', async (t) => {
  const app = await startApp(t);
  const visitor = await app.visitor();
  const made = client(t, app.url, visitor.token, { clock });
  await made.connect();
  const { conversationId: id } = await made.send({ to: 'support' }, '0').done;
  made.close();
  t.match(made.state, { name: 'stopped', reason: 'CLOSED' });
  made.send(id, '1');
  await made.connect();
  await until(made, 'it is sent', () => contents(made, id).length === 2);
  t.same(made.outbox.list(), []);
});
