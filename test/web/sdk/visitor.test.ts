import t from 'tap';
import type { Identity } from '../../../src/protocol/http-visitors.ts';
import { createClient } from '../../../src/web/sdk/create-client.ts';
import { memoryStorage } from '../../../src/web/sdk/storage.ts';
import { createTokens } from '../../../src/web/sdk/token.ts';
import { createVisitor } from '../../../src/web/sdk/visitor.ts';
import { startApp } from '../../helper.ts';
import { identityFor, SECRET } from '../../people/host.ts';
import { until } from './live.ts';
import { manualClock } from './manual-clock.ts';

t.test('the tabs of a browser are one visitor, and become the named user together; no message is lost', async (t) => {
  const app = await startApp(t, { jwtSecret: SECRET });
  const una = await app.hostUser('u-1', { name: 'Una' });
  const token = memoryStorage();
  const tabs = [1, 2, 3].map(() => {
    const visitor = createVisitor({ url: app.url, storage: token });
    const client = createClient({ url: app.url, getToken: visitor.getToken, storage: memoryStorage() });
    t.teardown(() => client.close());
    return { visitor, client };
  });
  const [first, second, third] = tabs as [(typeof tabs)[0], (typeof tabs)[0], (typeof tabs)[0]];
  const me = await first.client.connect();
  t.same([(await second.client.connect()).id, (await third.client.connect()).id], [me.id, me.id]);
  const { conversationId } = await first.client.send({ to: 'support' }, '0').done;
  const sending: Promise<unknown>[] = [];
  const write = (round: number) => {
    for (const [tab, { client }] of tabs.entries()) {
      sending.push(client.send(conversationId, `${round}.${tab}`).done);
    }
  };
  for (let round = 0; round < 5; round += 1) write(round);
  const naming = first.visitor.identify(identityFor('u-1'));
  for (let round = 5; round < 10; round += 1) write(round);
  t.equal((await naming).id, una.user.id);
  for (let round = 10; round < 15; round += 1) write(round);
  await Promise.all(sending);
  for (const { client } of tabs) {
    await until(client, 'is the named user', () => client.user?.id === una.user.id && client.state.name === 'online');
  }
  const { items } = (await una.request('GET', `conversations/${conversationId}/messages?limit=200`)).body;
  t.equal(items.length, 1 + 15 * 3);
  t.equal(new Set(items.map(({ content }: { content: string }) => content)).size, items.length);
  t.same(new Set(items.map(({ author }: { author: { id: string } }) => author.id)), new Set([una.user.id]));
  const { body } = await (await app.admin()).request('GET', 'users?role=user');
  t.equal(body.items.length, 1, 'nobody made another visitor');
});

t.test('a merged token is waited for; without an identity it ends, with one it is sent again', async (t) => {
  const app = await startApp(t, { jwtSecret: SECRET });
  const { clock, advance } = manualClock();
  const storage = memoryStorage();
  const visitor = createVisitor({ url: app.url, storage, clock });
  const tokens = createTokens(undefined, visitor.getToken, clock);
  const former = await tokens.get();
  const waiting = tokens.renew(former, 'MERGED');
  await advance(9_000);
  storage.set('parley.visitor.token', 'another');
  await advance(1_000);
  t.equal(await waiting, 'another');
  const lost = tokens.renew('another', 'MERGED').then(null, (error) => error.code);
  await advance(11_000);
  t.equal(await lost, 'MERGED');
  t.equal(storage.get('parley.visitor.token'), 'another', 'no new visitor was made');
  const named = await visitor.identify(identityFor('u-1'));
  const held = storage.get('parley.visitor.token');
  t.equal(await tokens.renew('another', 'AUTH_CHANGED'), held);
  storage.set('parley.visitor.token', 'merged elsewhere');
  await tokens.renew(held as string, 'AUTH_CHANGED');
  const again = tokens.renew('merged elsewhere', 'MERGED');
  await advance(11_000);
  t.equal((await app.request('GET', 'me', undefined, await again)).body.id, named.id);
});

t.test("a host's own way to a token is asked for ten seconds, too", async (t) => {
  const { clock, advance } = manualClock();
  let now = 'old';
  const tokens = createTokens(undefined, () => now, clock);
  await tokens.get();
  const waiting = tokens.renew('old', 'MERGED');
  await advance(5_000);
  now = 'new';
  await advance(1_000);
  t.equal(await waiting, 'new');
  const lost = tokens.renew('new', 'MERGED').then(null, (error) => error.code);
  await advance(11_000);
  t.equal(await lost, 'MERGED');
});

t.test('what a visitor wrote in a tab that is gone goes out as whom the page names when it comes back', async (t) => {
  const app = await startApp(t, { jwtSecret: SECRET });
  const storage = memoryStorage();
  const begin = (identity?: Identity) => {
    const visitor = createVisitor({ url: app.url, storage, ...(identity ? { identity } : {}) });
    const { userId, getToken } = visitor;
    const made = createClient({ url: app.url, getToken, storage, ...(userId ? { userId } : {}) });
    made.on('user', () => made.adopt(visitor.merged));
    t.teardown(() => made.close());
    return { visitor, client: made };
  };
  const before = begin();
  await before.client.connect();
  const { conversationId } = await before.client.send({ to: 'support' }, 'one').done;
  const { id } = before.client.send(conversationId, 'two');
  before.client.close();
  const after = begin(identityFor('u-1'));
  const me = await after.client.connect();
  t.same(after.visitor.merged.length, 1);
  await after.client.conversations.open(conversationId);
  const { messages } = after.client.conversations;

  await until(after.client, 'it is stored', () => messages(conversationId).some((one) => one.id === id));
  t.equal(messages(conversationId).find((one) => one.id === id)?.author?.id, me.id);
  await until(after.client, 'nothing is left', () => after.client.outbox.list().length === 0);
  await after.visitor.identify(identityFor('u-2'));
  t.same(after.visitor.merged, [], 'theirs are nobody else’s');
});

t.test('where a browser gives no locks a visitor is made all the same', async (t) => {
  const app = await startApp(t);
  const { locks } = navigator;
  const request = () => Promise.reject(new DOMException('no', 'SecurityError'));
  Object.defineProperty(navigator, 'locks', { configurable: true, value: { request } });
  t.teardown(() => Object.defineProperty(navigator, 'locks', { configurable: true, value: locks }));
  const visitor = createVisitor({ url: app.url, storage: memoryStorage() });
  t.type(await visitor.getToken(), 'string');
});
