/** What is told and never kept, between two servers on one database: to who hears it, it is as on one. */
import t, { type Test } from 'tap';
import type { Config } from '../../src/config.ts';
import { noPostgres, queried, startPostgres } from '../db/postgres/server.ts';
import { tempFolder } from '../db/register.ts';
import { type Body, callers, startApp, type TestApp } from '../helper.ts';
import { startServer } from '../life/server-process.ts';
import { acquainted, at, presenceOf as of, startTwo, watch } from './two.ts';

t.setTimeout(240_000);
const postgres = noPostgres ? null : await startPostgres(t);
const skip = noPostgres;
const newDatabase = async () => (await postgres?.database()) ?? '';
const two = async (t: Test, config: Partial<Config> = {}) => startTwo(t, { database: await newDatabase(), ...config });

const view = (conversationId: string, viewing = true) => ({ type: 'conversation.view', conversationId, viewing });
const typing = (conversationId: string, on = true) => ({ type: 'typing.set', conversationId, on });
const isOn = (on: boolean) => (event: Body) => event.type === 'typing' && event.on === on;
const names = ({ users }: Body) => users.map(({ name }: Body) => name);

async function support(at: TestApp) {
  const visitor = await at.visitor({ name: 'Vera' });
  const { body } = await visitor.request('POST', 'messages', { to: 'support', message: { content: 'A lamp?' } });
  return { visitor, conversationId: body.conversationId as string };
}

t.test('a user is there while a line is at any server, away when all lines say so', { skip }, async (t) => {
  const { one, other } = await two(t, { presenceGraceMs: 50 });
  const visitor = await one.visitor();
  const { id } = visitor.user;
  const watcher = await (await other.admin()).connect();
  t.match(await watcher.call(watch(id, 'team')), { users: [{ state: 'offline' }, { id: 'team', state: 'online' }] });

  const here = await visitor.connect();
  t.match(await watcher.event(of(id, 'online')), { users: [{ id, state: 'online' }] });
  await here.call({ type: 'presence.set', state: 'away' });
  await watcher.event(of(id, 'away'));
  const there = await at(other, visitor).connect();
  await watcher.event(of(id, 'online'));
  t.match((await (await one.admin()).request('GET', `presence?users=${id}`)).body, { users: [{ state: 'online' }] });
  there.socket.close();
  await watcher.event(of(id, 'away'));
  await at(other, visitor).request('PUT', 'presence', { state: 'online' });
  await watcher.event(of(id, 'online'));
  here.socket.close();
  const gone = await watcher.event(of(id, 'offline'));
  t.ok(Math.abs(Date.parse(gone.users[0].lastSeenAt) - Date.now()) < 10_000, 'last seen now');
});

t.test('to customers the team is there while anybody of it is, wherever', { skip }, async (t) => {
  const { one, other } = await two(t, { presenceGraceMs: 0 });
  const line = await (await one.visitor()).connect();
  const agent = await other.member('agent', 'Ada');
  await line.call(watch('team'));
  const theirs = await agent.connect();
  await line.event(of('team', 'online'));
  t.match((await one.request('GET', 'widget/config')).body, { team: 'online' });
  theirs.socket.close();
  await line.event(of('team', 'offline'));
});

t.test('who may not see somebody is told nothing of them from elsewhere either', { skip }, async (t) => {
  const { one, other } = await two(t, { presenceGraceMs: 0 });
  const [ann, bob] = [await one.hostUser('ann'), await one.hostUser('bob')];
  const key = await one.key('*');
  const participants = [{ userId: ann.user.id }, { userId: bob.user.id }];
  const room = await key.request('POST', 'conversations', { kind: 'room', externalId: 'r', participants });
  const line = await at(other, ann).connect();
  t.match(await line.call(watch(bob.user.id, 'team')), { users: [{ id: bob.user.id }, { id: 'team' }] });
  const agent = await one.member('agent', 'Ada');
  await key.request('DELETE', `conversations/${room.body.id}/participants/${bob.user.id}`);
  await bob.connect();
  await agent.connect();
  await line.event(of('team', 'online'));
  t.notOk(line.frames.some(of(bob.user.id, 'online')));
});

t.test(
  'a server that comes is told who is there, and who was at one that stops is not any more',
  { skip },
  async (t) => {
    const database = await newDatabase();
    const first = await startApp(t, { database });
    const visitor = await first.visitor();
    await visitor.connect();
    const second = await startApp(t, { database });
    const line = await (await second.admin()).connect();
    const { users } = await line.call(watch(visitor.user.id));
    if (users[0].state === 'offline') await line.event(of(visitor.user.id, 'online'));
    await first.stop();
    await line.event(of(visitor.user.id, 'offline'));
  },
);

t.test('users of a server that is killed are offline when its lease is over', { skip }, async (t) => {
  const database = await newDatabase();
  const killed = await startServer(t, tempFolder(t), { PARLEY_DATABASE: database });
  const people = callers(t, killed.url);
  const visitor = await people.visitor();
  const survivor = await startApp(t, { database });
  const line = await (await survivor.admin()).connect();
  await visitor.connect();
  const { users } = await line.call(watch(visitor.user.id));
  if (users[0].state === 'offline') await line.event(of(visitor.user.id, 'online'));
  await killed.end('SIGKILL');
  const isOffline = of(visitor.user.id, 'offline');
  // The lease is ten seconds, and longer than a line's patience.
  await line.event(isOffline).catch(() => line.event(isOffline));
});

t.test('typing is heard at the other server by who may hear it, and by nobody else', { skip }, async (t) => {
  const { one, other } = await two(t);
  const { visitor, conversationId } = await support(one);
  const [ann, bob] = [await other.member('agent', 'Ann'), await other.member('agent', 'Bob')];
  const customer = await visitor.connect();
  const [viewing, watching] = [await ann.connect({ inbox: true }), await bob.connect({ inbox: true })];
  await viewing.call(view(conversationId));
  await customer.call(typing(conversationId));
  t.match(await viewing.event('typing'), { conversationId, user: { name: 'Vera' }, on: true });
  // It may end at another server than it began at.
  await at(other, visitor).request('POST', `conversations/${conversationId}/typing`, { on: false });
  await viewing.event(isOn(false));
  await viewing.call(typing(conversationId));
  t.match(await customer.event('typing'), { user: { name: 'Ann' }, on: true });
  await viewing.call(typing(conversationId, false));
  await customer.event(isOn(false));
  const passing = (await watching.rest()).filter(({ type }) => type === 'typing' || type === 'viewer');
  t.same(passing, []);
});

t.test('who views a conversation is one list over all servers', { skip }, async (t) => {
  const { one, other } = await two(t);
  const { visitor, conversationId } = await support(one);
  const [a, b] = [
    await (await one.member('agent', 'Ann')).connect(),
    await (await other.member('agent', 'Bob')).connect(),
  ];
  const customer = await at(other, visitor).connect();
  await a.call(view(conversationId));
  t.same(names(await a.event('viewer')), ['Ann']);
  await b.call(view(conversationId));
  t.same(names(await a.event('viewer')), ['Ann', 'Bob']);
  t.same(names(await b.event((event) => event.type === 'viewer' && event.users.length === 2)).sort(), ['Ann', 'Bob']);
  a.socket.close();
  t.same(names(await b.event('viewer')), ['Bob']);
  t.same(
    (await customer.rest()).filter(({ type }) => type === 'viewer'),
    [],
  );
});

t.test('a server that lost its connection sees again who is at the others', { skip }, async (t) => {
  const database = await newDatabase();
  const ask = async (text: string, ...values: unknown[]) =>
    (await queried(database, (client) => client.query(text, values))).rows;
  const one = await startApp(t, { database });
  const [line] = await ask(
    `select array_agg(pid) as pids from pg_stat_activity where application_name = 'parley' and datname = current_database()`,
  );
  const other = await startApp(t, { database });
  await acquainted(one, other);
  const here = await (await one.admin()).connect();
  const ada = await other.member('agent', 'Ada');
  const there = await ada.connect();
  await here.call(watch(ada.user.id));
  await there.call({ type: 'presence.set', state: 'away' });
  await here.event(of(ada.user.id, 'away'));
  // Its line to the others, and nothing else of it: they keep their names.
  const cut = `select pg_terminate_backend(pid) from pg_stat_activity
    where pid = any($1) and (query like '%update servers%' or query like '%as newest%')`;
  while ((await ask(cut, line?.pids)).length === 0);
  while ((await ask(`select from servers where name like '%/2'`)).length === 0);
  for (const state of ['online', 'away', 'online']) {
    await there.call({ type: 'presence.set', state });
    await here.event(of(ada.user.id, state));
  }
});

t.test('both of a direct conversation are told who views it, wherever they are', { skip }, async (t) => {
  const { one, other } = await two(t, { direct: 'everybody' });
  const [ann, bob] = [await one.hostUser('ann'), await one.hostUser('bob')];
  const { body } = await ann.request('POST', 'messages', { to: { userId: bob.user.id }, message: { content: 'Hi' } });
  const [a, b] = [await ann.connect(), await at(other, bob).connect()];
  await a.call(view(body.conversationId));
  t.match(await b.event('viewer'), { users: [{ id: ann.user.id }] });
  await a.call(view(body.conversationId, false));
  t.match(await b.event('viewer'), { users: [] });
});

t.test('a delivered mark is told at the other server, and kept with the next read mark there', { skip }, async (t) => {
  const { one, other } = await two(t, { direct: 'everybody' });
  const [ann, bob] = [await one.hostUser('ann'), await one.hostUser('bob')];
  const { body } = await ann.request('POST', 'messages', { to: { userId: bob.user.id }, message: { content: 'Hi' } });
  const { conversationId } = body;
  const [a, b] = [await ann.connect(), await at(other, bob).connect()];
  await b.call({ type: 'conversation.delivered', conversationId, seq: 1 });
  t.match(await a.event('participant.read'), { userId: bob.user.id, readSeq: 0, deliveredSeq: 1 });
  const elsewhere = await at(one, bob).connect();
  await elsewhere.call({ type: 'conversation.delivered', conversationId, seq: 1 });
  t.same(
    (await a.rest()).filter(({ type }) => type === 'participant.read'),
    [],
    'it is known there by now',
  );
});

t.test('the page that a customer told one server begins a conversation at the other', { skip }, async (t) => {
  const { one, other } = await two(t);
  const visitor = await one.visitor();
  const admin = await other.admin();
  const watcher = await admin.connect();
  await watcher.call(watch(visitor.user.id));
  const line = await visitor.connect();
  await watcher.event(of(visitor.user.id, 'online'));
  const context = { page: 'https://example.com/prices', title: 'Prices' };
  await visitor.request('PUT', 'presence', { state: 'away', context });
  // Told behind the context.
  await watcher.event(of(visitor.user.id, 'away'));
  line.socket.close();
  const sent = await at(other, visitor).request('POST', 'messages', { to: 'support', message: { content: 'Hi' } });
  const { body } = await admin.request('GET', `conversations/${sent.body.conversationId}`);
  t.same(body.team.context, context);
});
