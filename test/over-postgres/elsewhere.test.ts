/** What is begun at one server and goes on at another on its database: streams, limits, polls, typing. */
import type { ServerResponse } from 'node:http';
import t from 'tap';
import { rowsOf } from '../db/postgres/house.ts';
import { noPostgres, startPostgres } from '../db/postgres/server.ts';
import { type Actor, type Body, startApp, type TestApp } from '../helper.ts';
import type { TestLine } from '../line.ts';
import { openHouse } from '../outbound/bots/house.ts';
import { acquainted, at, presenceOf, startTwo, watch } from './two.ts';

t.setTimeout(240_000);
const skip = { skip: noPostgres };
const postgres = noPostgres ? null : await startPostgres(t);
const newDatabase = async () => (await postgres?.database()) ?? '';

/** Resolves when `to` has heard all that `from` has told others by now: notices keep their order. */
async function heard(from: TestApp, to: TestApp): Promise<void> {
  const somebody = await from.visitor();
  const watcher = await (await to.admin()).connect();
  await watcher.call(watch(somebody.user.id));
  const isThere = presenceOf(somebody.user.id, 'online');
  const line = await somebody.connect();
  await watcher.event(isThere);
  line.socket.close();
  watcher.socket.close();
}

/** The text of a message as a line was told it, once it is as long as `whole`. */
async function told(line: TestLine, created: Body, whole: string): Promise<string> {
  let text: string = created.message.content;
  while (text.length < whole.length) {
    const delta = await line.event('message.delta');
    if (delta.offset > text.length) throw new Error(`a piece at ${delta.offset} behind ${text.length}`);
    text = text.slice(0, delta.offset) + delta.text;
  }
  return text;
}

const isBegun = ({ type, message }: Body) => type === 'message.created' && message.ai === true;

/** A bot of the first server writes to a customer who is at the other. */
async function answering(t: Parameters<typeof openHouse>[0]) {
  const database = await newDatabase();
  const house = await openHouse(t, {}, undefined, { database });
  const other = await startApp(t, { database, outboundAllow: ['127.0.0.1'] });
  await acquainted(house.app, other);
  const customer = await house.customer();
  const there = at(other, customer);
  const line = await there.connect();
  await customer.say('Count!');
  const { response } = await house.next();
  response.writeHead(200, { 'content-type': 'text/plain' });
  response.write('One');
  const created = await line.event(isBegun);
  const path = `conversations/${customer.id}/messages/${created.message.id}`;
  return { house, other, there, line, response: response as ServerResponse, created, path };
}

t.test("a bot's text is told piece by piece at a server that did not ask it", skip, async (t) => {
  const { house, other, there, line, response, created, path } = await answering(t);
  response.write(', two');
  t.equal(await told(line, created, 'One, two'), 'One, two');
  t.equal((await there.request('GET', path)).body.content, 'One, two', 'who comes later reads what there is');

  const viewer = await at(other, house.admin).connect();
  const inbox = await at(other, house.admin).connect({ inbox: true });
  await viewer.call({ type: 'conversation.view', conversationId: created.conversationId, viewing: true });
  response.write(', three');
  t.match(await viewer.event('message.delta'), { offset: 8, text: ', three' });
  response.end(', four');
  const isWhole = ({ type, message }: Body) =>
    type === 'message.updated' && message.content === 'One, two, three, four';
  await Promise.all([line, viewer, inbox].map((one) => one.event(isWhole)));
  t.notOk(
    inbox.frames.some(({ type }) => type === 'message.delta'),
    'not to the whole inbox',
  );
});

t.test('a bot is stopped at a server that did not ask it', skip, async (t) => {
  const { there, line, response, created, path } = await answering(t);
  const cut = new Promise((resolve) => response.on('close', resolve));
  response.write(', two');
  await told(line, created, 'One, two');
  t.match((await there.request('POST', `${path}/stop`)).body, { state: 'stopped', content: 'One, two' });
  await cut;
  const stopped = await line.event(({ type, message }) => type === 'message.updated' && message.state === 'stopped');
  t.equal(stopped.message.content, 'One, two');
});

t.test('what somebody may send is one number over all servers', skip, async (t) => {
  const sends = { visitorSendRate: 0.001, visitorSendBurst: 4 };
  const { one, other } = await startTwo(t, { database: await newDatabase(), ...sends });
  const [vera, viktor] = [await one.visitor(), await one.visitor()];
  const say = async (by: Actor) =>
    (await by.request('POST', 'messages', { to: 'support', message: { content: 'Hello?' } })).status;
  t.same([await say(vera), await say(vera), await say(vera)], [201, 201, 201]);
  await heard(one, other);
  t.same([await say(at(other, vera)), await say(at(other, vera))], [201, 429]);
  await heard(other, one);
  t.equal(await say(vera), 429);
  t.equal(await say(at(other, viktor)), 201, 'others are counted apart');
});

t.test('sign-ins and visitors of an address are one number over all servers', skip, async (t) => {
  const limits = { loginsPerMinute: 3, visitorsPerMinute: 2, trustProxy: ['127.0.0.1'] };
  const database = await newDatabase();
  const [one, other] = [await startApp(t, { database, ...limits }), await startApp(t, { database, ...limits })];
  const from = (address: string) => ({ 'x-forwarded-for': address });
  const signIn = async (app: TestApp, address: string) => {
    const login = { email: 'admin@example.com', password: 'x' };
    return (await app.request('POST', 'auth/login', login, undefined, from(address))).status;
  };
  const visit = async (app: TestApp, address: string) =>
    (await app.request('POST', 'visitors', {}, undefined, from(address))).status;
  const [strange, fine] = ['198.51.100.1', '198.51.100.2'];
  const tries = [await signIn(one, strange), await signIn(other, strange), await signIn(one, strange)];
  t.same(tries, [401, 401, 401]);
  t.same([await signIn(other, strange), await signIn(one, strange)], [429, 429]);
  t.equal(await signIn(other, fine), 401);
  t.same([await visit(one, strange), await visit(other, strange), await visit(one, strange)], [201, 201, 429]);
  t.equal(await visit(other, fine), 201);
});

t.test('a poll at one server is answered by what is sent at another', skip, async (t) => {
  const { one, other } = await startTwo(t, { database: await newDatabase() });
  const [visitor, agent] = [await one.visitor(), await one.member('agent', 'Ann')];
  const { body: first } = await visitor.request('GET', 'changes');
  const wait = (cursor: string) => visitor.request('GET', `changes?wait=25&cursor=${cursor}`);
  const waiting = wait(first.cursor);
  const said = { to: 'support', message: { content: 'A lamp?' } };
  const { body: message } = await at(other, visitor).request('POST', 'messages', said);
  const path = `conversations/${message.conversationId}`;
  const { body: answer } = await waiting;
  t.match(answer, { reset: false, conversations: [{ id: message.conversationId, seq: 1 }] });
  const again = wait(answer.cursor);
  await at(other, agent).request('POST', `${path}/messages`, { content: 'A green one.' });
  const { body: answered } = await again;
  t.match(answered, { reset: false, conversations: [{ id: message.conversationId, seq: 2 }] });
  const elsewhere = await at(other, visitor).request('GET', `changes?cursor=${answered.cursor}`);
  t.match(elsewhere.body, { reset: false, removed: [] }, 'and its cursor is good there');
});

t.test('typing ends without a word by a message at another server', skip, async (t) => {
  const { one, other } = await startTwo(t, { database: await newDatabase(), direct: 'everybody' });
  const [ann, bob] = [await one.hostUser('ann'), await one.hostUser('bob')];
  const { body } = await ann.request('POST', 'messages', { to: { userId: bob.user.id }, message: { content: 'Hi' } });
  const { conversationId } = body;
  const typing = (on: boolean) => ({ type: 'typing.set', conversationId, on });
  const [a, b] = [await ann.connect(), await at(other, bob).connect()];
  await a.call(typing(true));
  t.match(await b.event('typing'), { on: true });
  await at(other, ann).request('POST', `conversations/${conversationId}/messages`, { content: 'There you are' });
  await a.event('message.created');
  await a.call(typing(false));
  await heard(one, other);
  // It begins anew at once, for it was over.
  await a.call(typing(true));
  await b.event('typing');
  t.same(
    b.frames.filter(({ type }) => type === 'typing' || type === 'message.created').map(({ type, on }) => [type, on]),
    [
      ['typing', true],
      ['message.created', undefined],
      ['typing', true],
    ],
  );
});

/** Stops the connection over which the server that began last hears others; gives what lets it go on. */
async function deafened(database: string): Promise<() => void> {
  const [{ pid } = { pid: 0 }] = await rowsOf<{ pid: number }>(
    database,
    `select pid from pg_stat_activity where datname = current_database() and query ~ '^\\s*(listen|select m.position as newest|select pg_notify)|\\mservers\\M'
     order by backend_start desc limit 1`,
  );
  process.kill(pid, 'SIGSTOP');
  return () => process.kill(pid, 'SIGCONT');
}

t.test('what a line has read is not told to it again by a server that hears of it later', skip, async (t) => {
  const database = await newDatabase();
  const { one, other } = await startTwo(t, { database });
  const visitor = await one.visitor();
  const say = (content: string) =>
    visitor.request('POST', 'messages', { to: 'support', message: { content } }).then(({ body }) => body);
  const { conversationId } = await say('first');
  const there = at(other, visitor);
  const line = await there.connect();
  const { cursor } = await line.call({ type: 'ping' });
  await heard(one, other);
  const goOn = await deafened(database);
  t.teardown(goOn);
  await say('second');
  const syncing = line.call({ type: 'conversation.sync', conversationId, since: 0 });
  const newcomer = there.connect({ cursor });
  const { body: read } = await there.request('GET', `conversations/${conversationId}/messages`);
  t.equal(read.items.length, 2, 'it is read there by now');
  goOn();
  t.equal((await syncing).sync.rev, 3);
  const young = await newcomer;
  await say('third');
  for (const each of [line, young]) {
    await each.event(({ type, message }: Body) => type === 'message.created' && message.content === 'third');
    const told = each.frames.filter(({ type }) => type === 'message.created').map(({ message }) => message.content);
    t.same(told, ['third']);
  }
});
