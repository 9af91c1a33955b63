import t from 'tap';
import type { Body } from '../helper.ts';
import type { Person } from './server.ts';
import { startServer } from './server.ts';
import { ask, look, say } from './words.ts';

const server = await startServer(t);
const agent = await server.member('agent', 'ann');
const key = await server.key('*');
const range = (count: number) => Array.from({ length: count }, (_, index) => index);
const ids = (list: Body) => list.map(({ id }: Body) => id);

async function changes(who: Person, cursor?: string): Promise<Body> {
  const { status, body } = await who.get(
    `changes${cursor === undefined ? '' : `?cursor=${encodeURIComponent(cursor)}`}`,
  );
  if (status !== 200) throw new Error(`${status} ${JSON.stringify(body)}`);
  return body;
}

/** So many conversations, by as many requests at a time as a browser makes. */
async function many(count: number, make: (index: number) => Promise<unknown>): Promise<void> {
  for (let from = 0; from < count; from += 50) {
    await Promise.all(range(Math.min(50, count - from)).map((index) => make(from + index)));
  }
}

t.test('no cursor: reset, the newest 20', async (t) => {
  const user = await server.hostUser('changes-first');
  t.match(await changes(user), {
    epoch: String,
    reset: true,
    more: false,
    cursor: String,
    conversations: [],
    removed: [],
  });
  await many(25, () => user.post('conversations', { kind: 'support' }));
  const { items } = (await user.get('conversations?limit=20')).body;
  const first = await changes(user);
  t.match(first, { reset: true, more: false, removed: [] });
  t.same(ids(first.conversations).sort(), ids(items).sort());
  t.match(first.cursor, /^[A-Za-z0-9._~-]+$/, 'URL-safe text');
});

t.test('conversations changed since the cursor, as they are now, oldest change first', async (t) => {
  const user = await server.hostUser('changes-since');
  const [a, b, c] = [
    await ask(user, 'a'),
    (await user.post('conversations', { kind: 'support' })).body.id,
    (await user.post('conversations', { kind: 'support' })).body.id,
  ];
  const { cursor } = await changes(user);
  t.match(await changes(user, cursor), { reset: false, more: false, conversations: [], removed: [] });
  await say(user, c, '1');
  await say(user, a, '2');
  await say(user, c, '3');
  const since = await changes(user, cursor);
  t.match(since, {
    reset: false,
    more: false,
    conversations: [
      { id: a, seq: 2 },
      { id: c, seq: 2, rev: 3, my: { unread: 0 } },
    ],
    removed: [],
  });
  t.match(await changes(user, since.cursor), { conversations: [] });
  await agent.patch(`conversations/${b}`, { subject: 'Lamps' });
  t.match(await changes(user, since.cursor), { conversations: [{ id: b, subject: 'Lamps' }] });
  await say(agent, a, 'Hello');
  const before = await changes(user);
  await user.post(`conversations/${a}/read`, { seq: 3 });
  t.match(
    await changes(user, before.cursor),
    { conversations: [{ id: a, my: { readSeq: 3, unread: 0 } }] },
    'a mark of another device',
  );
});

t.test('100 a page; while more, keep only the page’s cursor; over 1,000 changed conversations: reset', async (t) => {
  const user = await server.hostUser('changes-many');
  const { cursor } = await changes(user);
  const cursors: string[] = [];
  await many(1000, () => user.post('conversations', { kind: 'support' }));
  let at = cursor;
  const seen: string[] = [];
  for (let more = true; more; ) {
    const page = await changes(user, at);
    t.match(page, { reset: false });
    t.ok(page.conversations.length <= 100);
    seen.push(...ids(page.conversations));
    ({ more, cursor: at } = page);
    cursors.push(at);
  }
  t.equal(new Set(seen).size, 1000);
  t.equal(seen.length, 1000, 'none twice');
  t.equal(cursors.length, 10);
  const next = (await user.post('conversations', { kind: 'support' })).body.id;
  t.match(await changes(user, at), { reset: false, conversations: [{ id: next }] });
  t.match(
    await changes(user, cursor),
    { reset: true, more: false, conversations: Array.from({ length: 20 }, Object) },
    '1,001',
  );
});

t.test('every page is bounded: 256 KiB, at least one row', async (t) => {
  const { cursor } = await changes(agent);
  const context = {
    page: `https://example.com/${'p'.repeat(900)}`,
    referrer: `https://example.com/${'r'.repeat(900)}`,
  };
  const customer = await server.visitor({ context });
  await many(120, () => customer.post('conversations', { kind: 'support', subject: '𝒳'.repeat(200) }));
  const seen = new Set<string>();
  let at = cursor;
  const sizes: number[] = [];
  for (let more = true; more; ) {
    const page = await changes(agent, at);
    sizes.push(page.conversations.length);
    t.ok(Buffer.byteLength(JSON.stringify(page)) <= 256 * 1024, `${Buffer.byteLength(JSON.stringify(page))} bytes`);
    for (const id of ids(page.conversations)) seen.add(id);
    ({ more, cursor: at } = page);
  }
  t.equal(seen.size, 120);
  t.ok((sizes[0] as number) < 100, `${sizes}`);
});

t.test('removed: may no longer be read', async (t) => {
  const [one, pat] = [await server.hostUser('changes-removed'), await server.member('peer', 'pat')];
  const { body: room } = await key.post('conversations', { kind: 'room', participants: [{ userId: one.id }] });
  const { cursor } = await changes(one);
  await key.delete(`conversations/${room.id}/participants/${one.id}`);
  const gone = await changes(one, cursor);
  t.match(gone, { reset: false, conversations: [], removed: [room.id] });
  t.same((await changes(one, gone.cursor)).removed, []);
  await key.post(`conversations/${room.id}/participants`, { userId: one.id });
  t.match(await changes(one, cursor), { conversations: [{ id: room.id }], removed: [] }, 'out and in again');
  t.match(await changes(one, gone.cursor), { conversations: [{ id: room.id }], removed: [] });

  const sent = await (await server.visitor()).post('messages', { to: { queue: 'peer' }, message: { content: 'x' } });
  const waiting = sent.body.conversationId;
  const peer = await changes(pat);
  await agent.patch(`conversations/${waiting}`, { assigneeId: agent.id });
  t.match(await changes(pat, peer.cursor), { removed: [waiting] }, 'a lost queue row');
  await agent.patch(`conversations/${waiting}`, { assigneeId: pat.id });
  const mine = await changes(pat);
  t.ok(ids(mine.conversations).includes(waiting));
  await agent.patch(`conversations/${waiting}`, { assigneeId: agent.id });
  t.match(await changes(pat, mine.cursor), { removed: [waiting] }, 'taken from its assignee');
});

t.test(
  'a cursor that cannot be read, is ahead of the store’s clock, another user’s or of another role counts as none: reset',
  async (t) => {
    const [user, other] = [await server.hostUser('changes-forged'), await server.hostUser('changes-foreign')];
    const id = await ask(user);
    const { cursor } = await changes(user);
    const { cursor: foreign } = await changes(other);
    await say(user, id, 'two');
    t.match(await changes(user, cursor), { reset: false, conversations: [{ id }] });
    const text = Buffer.from(cursor, 'base64url').toString();
    const parts = (text.includes('.') ? text : cursor).split('.');
    const forge = (at: number, value: string) => {
      const forged = parts.with(at, value).join('.');
      return text.includes('.') ? Buffer.from(forged).toString('base64url') : forged;
    };
    t.equal(parts.length, 4, 'epoch.user.role.position');
    const none: [name: string, cursor: string][] = [
      ['garbage', 'garbage'],
      ['empty of sense', '...'],
      ['more', `${cursor}x.y`],
      ["another user's", foreign],
      ['another epoch', forge(0, 'e')],
      ['another role', forge(2, 'admin')],
      ['ahead of the clock', forge(3, `${Number(parts[3]) + 10_000_000_000}`)],
      ['no number', forge(3, 'x')],
      ['below 0', forge(3, '-1')],
      ['half a number', forge(3, '1.5')],
      ['a number too large', forge(3, '99999999999999999999')],
    ];
    for (const [name, forged] of none) {
      const answer = await changes(user, forged);
      t.match(answer, { reset: true, more: false, removed: [], conversations: [{ id }] }, name);
      t.equal(answer.conversations.length, 1, `${name}: nothing that its sender may not read`);
      t.match(await changes(user, answer.cursor), { reset: false, conversations: [] }, `${name}: the new one is good`);
    }
  },
);

t.test('older than 30 days: reset', async (t) => {
  let now = Date.now();
  const clocked = await startServer(t, {}, { now: () => now });
  const user = await clocked.visitor();
  await ask(user);
  const { cursor } = await changes(user);
  const day = 24 * 60 * 60 * 1000;
  now += 29 * day;
  await ask(user, 'two');
  t.match(await changes(user, cursor), { reset: false });
  now += 2 * day;
  await ask(user, 'three');
  t.match(await changes(user, cursor), { reset: true });
});

t.test('long poll: answers at the first change; idle: 200 with a cursor', async (t) => {
  const user = await server.hostUser('changes-poll');
  const id = await ask(user);
  const { cursor } = await changes(user);
  const started = performance.now();
  const idle = await user.get(`changes?cursor=${cursor}&wait=1`);
  t.match(idle, { status: 200, body: { reset: false, conversations: [], cursor: String } });
  t.ok(performance.now() - started > 900);
  const waiting = user.get(`changes?cursor=${cursor}&wait=25`);
  // Whether it waits already or not: the change is told.
  await say(agent, id, 'Hello');
  t.match(await waiting, { status: 200, body: { conversations: [{ id, seq: 2 }] } });
  t.ok(performance.now() - started < 10_000);
  t.match(await user.get('changes?wait=25'), { body: { reset: true } }, 'who has all to learn does not wait');
  for (const wait of ['26', '-1', '1.5', 'x', '1e1', ''])
    t.equal((await user.get(`changes?wait=${wait}`)).status, 400, wait);
  const { body: room } = await key.post('conversations', { kind: 'room', participants: [{ userId: user.id }] });
  const at = await changes(user);
  const removed = user.get(`changes?cursor=${at.cursor}&wait=25`);
  await key.delete(`conversations/${room.id}/participants/${user.id}`);
  t.match(await removed, { body: { removed: [room.id] } });
});

t.test('conversations come with what the caller may see', async (t) => {
  const customer = await server.visitor();
  const { cursor } = await changes(agent);
  const id = await ask(customer);
  const told = await changes(agent, cursor);
  t.same(told.conversations, [await look(agent, id)]);
  t.same((await changes(customer)).conversations, [await look(customer, id)]);
});
