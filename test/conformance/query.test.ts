/** Query strings, lists and pages. */
import t from 'tap';
import type { Body } from '../helper.ts';
import type { Person } from './server.ts';
import { startServer } from './server.ts';
import { ask, look, say } from './words.ts';

const server = await startServer(t);
const agent = await server.member('agent', 'ann');
const bob = await server.member('agent', 'bob');
const pat = await server.member('peer', 'pat');
const key = await server.key('*');
const ids = (list: Body) => list.items.map(({ id }: Body) => id);
const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index);

/** Every page of a list. */
async function walk(
  who: Person,
  query: string,
  during: (page: number) => Promise<unknown> = async () => {},
): Promise<string[]> {
  const seen: string[] = [];
  let cursor: string | null = null;
  for (let page = 0; page === 0 || cursor !== null; page += 1) {
    const { status, body } = await who.get(
      `conversations?${query}${cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`}`,
    );
    if (status !== 200) throw new Error(JSON.stringify(body));
    seen.push(...ids(body));
    cursor = body.next;
    await during(page);
  }
  return seen;
}

t.test('numbers are decimal digits; a property given twice: VALIDATION; unknown ones too', async (t) => {
  const customer = await server.visitor();
  const id = await ask(customer);
  const bad: [path: string, property: string][] = [
    ...['x', '', '-1', '+1', '1.0', '1.5', '1e1', '0x10', ' 1', '1 ', '１', 'NaN', 'Infinity', '0', '201'].map(
      (value): [string, string] => [`conversations?limit=${encodeURIComponent(value)}`, 'limit'],
    ),
    ...['x', '-1', '1.5', '1e3', '9007199254740992', '99999999999999999999'].map((value): [string, string] => [
      `conversations/${id}/messages?before=${value}`,
      'before',
    ]),
    [`conversations/${id}/messages?before=1&after=1`, ''],
    [`conversations/${id}/messages?before=1&before=2`, 'before'],
    [`conversations/${id}/messages?limit=1&limit=1`, 'limit'],
    [`conversations/${id}/sync?since=0&since=0`, 'since'],
    ['conversations?limit=1&limit=2', 'limit'],
    ['conversations?kind=support&kind=support', 'kind'],
    ['conversations?page=2', 'page'],
    ['conversations?unread=yes', 'unread'],
    ['conversations?unread=1', 'unread'],
    ['conversations?kind=chat', 'kind'],
    ['conversations?status=gone', 'status'],
    ['conversations?status=', 'status'],
    ['conversations?assignee=x', 'assignee'],
    ['conversations?customer=x', 'customer'],
    ['conversations?order=name', 'order'],
    ['conversations?queue=sales', 'queue'],
    ['changes?cursor=a&cursor=b', 'cursor'],
    ['changes?wait=26', 'wait'],
    ['unread?x=1', 'x'],
  ];
  for (const [path, property] of bad) {
    const answer = await customer.get(path);
    t.match(answer, { status: 400, body: { code: 'VALIDATION', details: { path: String, rule: String } } }, path);
    if (property !== '') t.match(answer.body.details.path, property, path);
  }
  for (const limit of ['1', '200', '007'])
    t.equal((await customer.get(`conversations?limit=${limit}`)).status, 200, limit);
});

t.test('limit is 50 when absent, 1 to 200', async (t) => {
  const customer = await server.hostUser('query-limit');
  await Promise.all(range(1, 60).map(() => customer.post('conversations', { kind: 'support' })));
  const { body } = await customer.get('conversations');
  t.equal(body.items.length, 50);
  t.type(body.next, 'string');
  t.equal((await customer.get(`conversations?cursor=${encodeURIComponent(body.next)}`)).body.items.length, 10);
  t.match((await customer.get('conversations?limit=200')).body, { items: { length: 60 }, next: null });
  t.equal((await customer.get('conversations?limit=7')).body.items.length, 7);
});

t.test('History: ascending by seq; before, after, around; seq is dense', async (t) => {
  const customer = await server.hostUser('query-history');
  const id = await ask(customer, '1');
  const line = await customer.connect();
  await Promise.all(
    range(2, 120).map((index) =>
      line.call({ type: 'message.send', conversationId: id, message: { content: `${index}` } }),
    ),
  );
  const { rev, epoch } = { rev: (await look(customer, id)).rev, epoch: (await customer.get('changes')).body.epoch };
  const pages: [query: string, seqs: number[]][] = [
    ['', range(71, 120)],
    ['before=71', range(21, 70)],
    ['before=21', range(1, 20)],
    ['before=1', []],
    ['before=1000', range(71, 120)],
    ['after=0', range(1, 50)],
    ['after=50&limit=10', range(51, 60)],
    ['after=119', [120]],
    ['after=120', []],
    ['before=5&limit=2', [3, 4]],
    ['limit=200', range(1, 120)],
    ['limit=1', [120]],
  ];
  for (const [query, seqs] of pages) {
    const { status, body } = await customer.get(`conversations/${id}/messages?${query}`);
    t.equal(status, 200, query);
    t.same(
      body.items.map(({ seq }: Body) => seq),
      seqs,
      query,
    );
    t.match(body, { rev, epoch }, query);
  }
  for (const [around, limit] of [
    [60, 11],
    [1, 10],
    [120, 10],
    [60, 1],
    [500, 10],
  ] as const) {
    const { items } = (await customer.get(`conversations/${id}/messages?around=${around}&limit=${limit}`)).body;
    const seqs = items.map(({ seq }: Body) => seq);
    t.same(seqs, range(seqs[0], seqs.at(-1)), 'without a hole');
    t.ok(seqs.length <= limit && seqs.length >= 1, `${seqs}`);
    if (around <= 120) t.ok(seqs.includes(around), `around ${around}: ${seqs}`);
  }
});

t.test('a page of history, and of a list, is 256 KiB at most', async (t) => {
  const context = {
    page: `https://example.com/${'p'.repeat(900)}`,
    referrer: `https://example.com/${'r'.repeat(900)}`,
  };
  const customer = await server.visitor({ context });
  const id = await ask(customer);
  for (let count = 0; count < 10; count += 1) await say(agent, id, '𝒳'.repeat(10_000));
  const size = (body: Body) => Buffer.byteLength(JSON.stringify(body));
  const pages: [query: string, edge: (seqs: number[]) => number | undefined, wanted: number][] = [
    ['limit=200', (seqs) => seqs.at(-1), 11],
    ['before=11&limit=200', (seqs) => seqs.at(-1), 10],
    ['after=0&limit=200', (seqs) => seqs[0], 1],
    ['around=6&limit=200', (seqs) => seqs.find((seq) => seq === 6), 6],
  ];
  for (const [query, edge, wanted] of pages) {
    const { body } = await customer.get(`conversations/${id}/messages?${query}`);
    const seqs = body.items.map(({ seq }: Body) => seq);
    t.ok(size(body) <= 256 * 1024, `${query}: ${size(body)} bytes`);
    t.same(seqs, range(seqs[0], seqs.at(-1)), `${query}: dense`);
    t.equal(edge(seqs), wanted, `${query}: ${seqs}`);
  }
  await Promise.all(
    range(1, 120).map(() => customer.post('conversations', { kind: 'support', subject: '𝒳'.repeat(200) })),
  );
  const { body } = await agent.get('conversations?limit=200');
  t.ok(size(body) <= 256 * 1024, `${size(body)} bytes`);
  t.type(body.next, 'string');
  const seen = await walk(agent, `limit=200&customer=${customer.id}`);
  t.equal(seen.length, 121);
});

t.test('newest activity first, then id; a list walked is neither doubled nor short, whatever moves up', async (t) => {
  const customer = await server.hostUser('query-order');
  const made: string[] = [];
  for (let count = 0; count < 12; count += 1)
    made.push((await customer.post('conversations', { kind: 'support' })).body.id);
  await say(customer, made[3] as string, 'up');
  const { items } = (await customer.get('conversations?limit=200')).body;
  t.equal(items[0].id, made[3]);
  t.same(
    items.map(({ activity }: Body) => activity),
    items.map(({ activity }: Body) => activity).toSorted((a: number, b: number) => b - a),
  );
  const seen = await walk(customer, 'limit=3', async (page) => {
    if (page === 1) await say(customer, made[0] as string, 'moves up while the list is walked');
  });
  t.equal(new Set(seen).size, seen.length, 'none doubled');
  t.ok(
    made.every((id) => id === made[0] || seen.includes(id)),
    'none missed but what moved up',
  );
  await customer.delete(
    `conversations/${made[3]}/messages/${(await customer.get(`conversations/${made[3]}/messages`)).body.items[0].id}`,
  );
  t.equal((await look(customer, made[3] as string)).activity, items[0].activity, 'a deletion leaves it');
});

t.test('filters', async (t) => {
  const [one, two] = [await server.hostUser('query-one'), await server.hostUser('query-two')];
  const open = await ask(one);
  const closed = await ask(two);
  const waiting = (await one.post('messages', { to: { queue: 'peer' }, message: { content: 'x' } })).body
    .conversationId;
  const mine = (await two.post('conversations', { kind: 'support' })).body.id;
  const peers = (await two.post('conversations', { kind: 'support' })).body.id;
  await agent.patch(`conversations/${closed}`, { status: 'closed' });
  await agent.patch(`conversations/${mine}`, { assigneeId: agent.id });
  await agent.patch(`conversations/${peers}`, { assigneeId: pat.id });
  const direct = (await agent.post('messages', { to: { userId: one.id }, message: { content: 'x' } })).body
    .conversationId;
  const { body: room } = await key.post('conversations', {
    kind: 'room',
    externalId: 'query-room',
    participants: [{ userId: agent.id }],
  });
  const names = new Map(
    Object.entries({ open, closed, waiting, mine, peers, direct, room: room.id }).map(([name, id]) => [id, name]),
  );
  const lists: [query: string, wanted: string[]][] = [
    ['kind=support', ['open', 'closed', 'waiting', 'mine', 'peers']],
    ['kind=direct', ['direct']],
    ['kind=room', ['room']],
    ['status=closed', ['closed']],
    ['status=open', ['open', 'waiting', 'mine', 'peers', 'direct', 'room']],
    ['status=open,closed', ['open', 'closed', 'waiting', 'mine', 'peers', 'direct', 'room']],
    ['', ['open', 'closed', 'waiting', 'mine', 'peers', 'direct', 'room']],
    ['status=snoozed', []],
    ['queue=peer', ['waiting']],
    ['queue=agent', ['open', 'closed', 'mine', 'peers']],
    ['assignee=me', ['mine']],
    [`assignee=${pat.id.toUpperCase()}`, ['peers']],
    ['assignee=peer', ['peers']],
    ['assignee=agent', ['mine']],
    ['assignee=bot', []],
    ['assignee=none&kind=support', ['open', 'closed', 'waiting']],
    [`customer=${two.id}`, ['closed', 'mine', 'peers']],
    ['externalId=query-room', ['room']],
    ['externalId=query-nothing', []],
    ['unread=true', ['open', 'closed', 'waiting']],
    ['kind=support&status=open&queue=agent&assignee=none', ['open']],
  ];
  for (const [query, wanted] of lists) {
    for (const limit of [200, 2]) {
      const seen = (await walk(agent, `${query}&limit=${limit}`)).flatMap((id) => names.get(id) ?? []);
      t.same(seen.sort(), [...wanted].sort(), `${query}, ${limit} a page`);
    }
  }
  const peer = (await walk(pat, 'limit=200')).flatMap((id) => names.get(id) ?? []);
  t.same(peer.sort(), ['peers', 'waiting'], 'a peer: what waits in the peer queue, and what is assigned to them');
  const own = (await walk(one, 'limit=200')).flatMap((id) => names.get(id) ?? []);
  t.same(own.sort(), ['direct', 'open', 'waiting']);
  const [first] = (await agent.get('conversations?order=waiting&status=open&limit=200')).body.items.filter(
    ({ waiting: since }: Body) => since !== null,
  );
  t.ok(first, 'longest waiting first');
  const since = (await agent.get('conversations?order=waiting&limit=200')).body.items.flatMap(
    ({ waiting: at }: Body) => (at === null ? [] : [at]),
  );
  t.same(
    since,
    since.toSorted((a: number, b: number) => a - b),
  );
});

t.test('each item is the conversation as its caller sees it', async (t) => {
  const { items } = (await bob.get('conversations?limit=5')).body;
  for (const item of items) t.same(item, await look(bob, item.id));
});

t.test('a list cursor that is none: VALIDATION', async (t) => {
  for (const cursor of ['garbage', '', 'a.b.c', '%00'])
    t.equal((await agent.get(`conversations?cursor=${cursor}`)).status, 400, cursor);
});

t.test('GET …/participants lists who is in it now', async (t) => {
  const people = await Promise.all(range(1, 5).map((index) => server.hostUser(`query-in-${index}`)));
  const { body: room } = await key.post('conversations', {
    kind: 'room',
    participants: people.map(({ id }) => ({ userId: id })),
  });
  await key.delete(`conversations/${room.id}/participants/${people[4]?.id}`);
  const seen: string[] = [];
  let cursor: string | null = null;
  do {
    const page: Body = (
      await (people[0] as Person).get(
        `conversations/${room.id}/participants?limit=3${cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`}`,
      )
    ).body;
    seen.push(...page.items.map(({ user, leftAt }: Body) => `${user.id} ${leftAt}`));
    cursor = page.next;
  } while (cursor !== null);
  t.same(
    seen.sort(),
    people
      .slice(0, 4)
      .map(({ id }) => `${id} null`)
      .sort(),
  );
  t.equal((await (people[4] as Person).get(`conversations/${room.id}/participants`)).status, 404);
});

t.test('GET /v1/unread: 200 conversations at most', async (t) => {
  const customer = await server.hostUser('query-unread');
  const conversations = await Promise.all(
    range(1, 205).map(async () => (await customer.post('conversations', { kind: 'support' })).body.id),
  );
  const line = await agent.connect();
  await Promise.all(
    conversations.map((conversationId) =>
      line.call({ type: 'message.send', conversationId, message: { content: 'x' } }),
    ),
  );
  const { body } = await customer.get('unread');
  t.equal(body.total, 205);
  t.equal(body.conversations.length, 200);
});
