import { randomUUIDv7 } from 'node:crypto';
import t from 'tap';
import type { Body } from '../helper.ts';
import { ofOneServer } from '../servers.ts';
import { startServer } from './server.ts';
import { ask, look, say } from './words.ts';

const server = await startServer(t);
const agent = await server.member('agent', 'ann');
const key = await server.key('*');

t.test('welcome: who one is, the limits, a ticket, where one stands', async (t) => {
  const user = await server.hostUser('hello-first', { name: 'One' });
  const id = await ask(user);
  const line = await server.line();
  const welcome = await line.hello(user.token);
  t.match(welcome, {
    type: 'welcome',
    version: String,
    heartbeatMs: 25_000,
    user: { id: user.id, name: 'One', role: 'user', anonymous: false, externalId: 'hello-first', fields: {} },
    limits: { maxLength: 1000, maxFrame: 131_072, editWindowMs: 3 * 60 * 60 * 1000 },
    ticket: { value: String },
    reset: true,
    conversations: [{ id, my: { unread: 0 } }],
    removed: [],
    synced: {},
  });
  const left = Date.parse(welcome.ticket.expiresAt) - Date.now();
  t.ok(left > 59 * 60_000 && left <= 60 * 60_000, 'a ticket is good for an hour');
  t.match((await user.get('me/ticket')).body, { value: String, expiresAt: String });
});

t.test('revs: what is new of the conversations whose messages one holds comes back as synced', async (t) => {
  const user = await server.hostUser('hello-revs');
  const [held, other, still] = [
    await ask(user),
    (await user.post('conversations', { kind: 'support' })).body.id,
    (await user.post('conversations', { kind: 'support' })).body.id,
  ];
  const line = await user.connect();
  const { cursor } = await line.call({ type: 'ping' });
  await say(agent, held, 'Hello');
  await say(user, other, 'one');
  const strange = randomUUIDv7();
  const back = await server.line();
  const welcome = await back.hello(user.token, { cursor, revs: { [held.toUpperCase()]: 2, [still]: 1, [strange]: 7 } });
  t.match(welcome, { reset: false, more: false, removed: [strange] });
  t.same(
    welcome.conversations.map(({ id }: Body) => id),
    [held, other],
  );
  t.match(welcome.synced[held], {
    reset: false,
    more: false,
    rev: 3,
    messages: [{ content: 'Hello', rev: 3 }],
    conversation: { id: held, rev: 3 },
  });
  if (welcome.synced[still] !== undefined) t.match(welcome.synced[still], { reset: false, more: false, messages: [] });
  t.notOk(other in welcome.synced, 'whose messages are not held');
});

t.test('revs only beside a cursor, 50 at most', async (t) => {
  const user = await server.hostUser('hello-fifty');
  const line = await user.connect();
  const { cursor } = await line.call({ type: 'ping' });
  const revs = (count: number) => Object.fromEntries(Array.from({ length: count }, () => [randomUUIDv7(), 1]));
  const fresh = await server.line();
  for (const said of [
    { revs: revs(1) },
    { cursor, revs: revs(51) },
    { cursor, revs: { x: 1 } },
    { cursor, revs: { [randomUUIDv7()]: 0 } },
  ]) {
    t.match(await fresh.call({ type: 'hello', token: user.token, ...said }), {
      type: 'error',
      code: 'VALIDATION',
      details: { path: /^revs/ },
    });
  }
  const fifty = revs(50);
  const welcome = await fresh.hello(user.token, { cursor, revs: fifty });
  t.same(welcome.removed.sort(), Object.keys(fifty).sort(), 'ids in revs that one may not read come in removed');
});

t.test(
  'with a cursor that is none, revs are synced all the same: reset forgets what is neither here nor there',
  async (t) => {
    const user = await server.hostUser('hello-reset');
    const id = await ask(user);
    await Promise.all(Array.from({ length: 21 }, () => user.post('conversations', { kind: 'support' })));
    for (let count = 0; count < 21; count += 1) {
      const { body } = await user.post('conversations', { kind: 'support' });
      await say(user, body.id, 'x');
    }
    const line = await server.line();
    const welcome = await line.hello(user.token, { cursor: 'none', revs: { [id]: 1 } });
    t.match(welcome, { reset: true, more: false });
    t.equal(welcome.conversations.length, 20);
    t.notOk(
      welcome.conversations.some((one: Body) => one.id === id),
      'not among the newest 20',
    );
    t.match(welcome.synced[id], { conversation: { id } });
  },
);

t.test('synced of another epoch, of a rev above the conversation’s, of over 2,000 changes: reset', async (t) => {
  const user = await server.hostUser('hello-epoch');
  const [id, busy] = [await ask(user), (await user.post('conversations', { kind: 'support' })).body.id];
  const line = await user.connect();
  const { cursor } = await line.call({ type: 'ping' });
  const sends = Array.from({ length: 2001 }, () =>
    line.call({ type: 'message.send', conversationId: busy, message: { content: 'x' } }),
  );
  await Promise.all(sends);
  const { synced } = await (await server.line()).hello(user.token, { cursor, revs: { [id]: 3, [busy]: 1 } });
  t.match(synced, { [id]: { reset: true, rev: 2 }, [busy]: { reset: true, rev: 2002 } });
  t.equal(synced[busy].messages.length, 50);
  const other = await (await server.line()).hello(user.token, { cursor: 'none', revs: { [id]: 1 } });
  t.match(
    other.synced,
    { [id]: { reset: true, rev: 2, messages: [{ seq: 1 }] } },
    'nobody knows of which epoch it was',
  );
});

t.test('synced is 256 KiB in all; for the rest an empty page with more: true', async (t) => {
  const user = await server.hostUser('hello-large');
  const line = await user.connect();
  const conversations: string[] = [];
  for (let count = 0; count < 10; count += 1)
    conversations.push((await user.post('conversations', { kind: 'support' })).body.id);
  const { cursor } = await line.call({ type: 'ping' });
  for (const id of conversations) {
    for (let count = 0; count < 2; count += 1) await say(agent, id, '𝒳'.repeat(9_000));
  }
  const revs = Object.fromEntries(conversations.map((id) => [id, 1]));
  const back = await server.line();
  const { synced } = await back.hello(user.token, { cursor, revs });
  t.same(Object.keys(synced).sort(), [...conversations].sort());
  t.ok(
    Buffer.byteLength(JSON.stringify(synced)) <= 256 * 1024 + 10 * 4096,
    `${Buffer.byteLength(JSON.stringify(synced))} bytes`,
  );
  const pages = Object.values(synced) as Body[];
  const rest = pages.filter(({ more }) => more);
  t.ok(rest.length > 0);
  for (const [id, page] of Object.entries(synced) as [string, Body][]) {
    const all = page.more
      ? [
          ...page.messages,
          ...(await user.get(`conversations/${id}/sync?since=${page.rev}&epoch=${page.epoch}`)).body.messages,
        ]
      : page.messages;
    t.equal(all.length, 2, 'asked again with since = rev: complete');
  }
});

t.test(
  'hello on an open line by the same user changes the token and nothing else: empty lists, reset false',
  async (t) => {
    const user = await server.hostUser('hello-again');
    const again = await server.hostUser('hello-again');
    const id = await ask(user);
    const line = await user.connect();
    const { cursor } = await line.call({ type: 'ping' });
    await say(agent, id, 'Hello');
    const welcome = await line.call({ type: 'hello', token: again.token, cursor, revs: { [id]: 2 } });
    t.match(welcome, { type: 'welcome', reset: false, more: false, user: { id: user.id } });
    t.same([welcome.conversations, welcome.removed, welcome.synced], [[], [], {}]);
    await line.rest();
    await say(agent, id, 'again');
    t.match(await line.event('message.created'), { rev: 4 });
  },
);

t.test('by another user: FORBIDDEN, and the line lives on as whose it was', async (t) => {
  const [one, two] = [await server.hostUser('hello-mine'), await server.hostUser('hello-theirs')];
  const line = await one.connect();
  t.match(await line.call({ type: 'hello', token: two.token }), { type: 'error', code: 'FORBIDDEN' });
  const id = await ask(one);
  t.match(await line.event('conversation.created'), { conversationId: id });
});

t.test('ping: all that came before it on this socket is in its cursor', { skip: ofOneServer }, async (t) => {
  const user = await server.hostUser('hello-ping');
  const id = await ask(user);
  const line = await user.connect();
  for (let count = 0; count < 5; count += 1) {
    await say(agent, id, `${count}`);
    const { cursor } = await line.call({ type: 'ping' });
    t.equal(line.frames.filter(({ type }) => type === 'message.created').length, count + 1);
    t.match((await user.get(`changes?cursor=${cursor}`)).body, { reset: false, conversations: [] });
  }
});

t.test('the cursor of ping brings what comes after it', async (t) => {
  const user = await server.hostUser('hello-after');
  const id = await ask(user);
  const line = await user.connect();
  const { cursor } = await line.call({ type: 'ping' });
  await say(agent, id, 'Hello');
  t.match((await user.get(`changes?cursor=${cursor}`)).body, { conversations: [{ id, rev: 3 }] });
});

t.test('inbox: the team’s own; hello {inbox: true} needs no reading anew', async (t) => {
  const customer = await server.visitor();
  t.match(await (await server.line()).call({ type: 'hello', token: customer.token, inbox: true }), {
    code: 'FORBIDDEN',
  });
  t.match(await (await customer.connect()).call({ type: 'inbox.watch' }), { code: 'FORBIDDEN' });
  const id = await ask(customer);
  const line = await agent.connect({ inbox: true });
  t.match(await line.event('inbox.counts'), { queue: Number, mine: Number, open: Number, snoozed: 0 });
  await say(customer, id, 'two');
  t.match(await line.event('message.created'), { conversationId: id });
});

t.test('before hello nothing else is answered; API keys do not say hello', async (t) => {
  const line = await server.line();
  t.match(await line.call({ type: 'ping' }), { type: 'error', code: 'UNAUTHENTICATED' });
  t.match(await line.call({ type: 'message.send', to: 'support', message: { content: 'x' } }), {
    code: 'UNAUTHENTICATED',
  });
  t.match(await line.call({ type: 'hello', token: key.token }), { type: 'error', code: 'FORBIDDEN' });
  t.match(await line.call({ type: 'hello', token: 'nobody' }), { type: 'error', code: 'UNAUTHENTICATED' });
});

t.test('who becomes a member of the team has another cursor: reset', async (t) => {
  const admin = await server.admin();
  const bob = await server.member('peer', 'bob');
  const line = await bob.connect();
  const { cursor } = await line.call({ type: 'ping' });
  await admin.patch(`users/${bob.id}`, { role: 'agent' });
  t.match(await line.event('bye'), { code: 4001 });
  t.match((await bob.get(`changes?cursor=${cursor}`)).body, { reset: true }, 'and the token stays good');
  t.equal((await look(bob, await ask(await server.visitor()))).kind, 'support');
});
