import assert from 'node:assert/strict';
import t from 'tap';
import type { Caller } from '../../../src/chat/caller.ts';
import type { ListQuery } from '../../../src/chat/readings/list-filter.ts';
import type { Conversation } from '../../../src/protocol/conversation.ts';
import fc from '../../property.ts';
import { as, key, openShelf, refused, type Shelf } from './shelf.ts';

/** All pages of a list, one after another. */
async function walk(shelf: Shelf, caller: Caller, query: ListQuery): Promise<Conversation[]> {
  const found: Conversation[] = [];
  let cursor: string | null = null;
  do {
    const given: ListQuery = cursor === null ? query : { ...query, cursor };
    const { items, next } = await shelf.readings.conversations(caller, given);
    assert.ok(items.length <= (query.limit ?? 50));
    found.push(...items);
    cursor = next;
  } while (cursor !== null);
  return found;
}

const ids = (found: readonly Conversation[]) => found.map(({ id }) => id);

/** People of every role, and conversations of every kind and state. */
function town(shelf: Shelf) {
  const customers = Array.from({ length: 6 }, (_, n) => shelf.user(`Customer ${n}`));
  const [agent, other] = [shelf.user('Bo', 'agent'), shelf.user('Cy', 'admin')];
  const [peer, bot] = [shelf.user('Di', 'peer'), shelf.user('Robo', 'bot')];
  const assignees = [null, agent, other, peer, bot];
  const supports = Array.from({ length: 60 }, (_, n) => {
    const assignee = assignees[n % 5] ?? null;
    const customer = customers[n % 6] ?? agent;
    const found = shelf.support(customer, {
      assignee: assignee?.id ?? null,
      queue: n % 3 === 0 ? 'peer' : 'agent',
      status: n % 4 === 0 ? 'closed' : 'open',
      waiting: assignee === null && n % 4 !== 0 ? shelf.tick() : null,
    });
    if (n % 2 === 0) shelf.say(found.row, customer, `hello ${n}`);
    if (n % 7 === 1) shelf.change(found.side, { snoozedUntil: 1 });
    return found;
  });
  const directs = customers.map((customer) => shelf.direct(customer, agent));
  const rooms = Array.from({ length: 5 }, (_, n) =>
    shelf.room([agent, peer, ...customers.slice(n)], { externalId: `call-${n}` }),
  );
  return { customers, agent, other, peer, bot, supports, directs, rooms };
}

t.test('everybody finds what they may read, newest activity first, with every conversation once', async (t) => {
  const shelf = openShelf(t);
  const { customers, agent, other, peer, bot, supports, directs, rooms } = shelf.fast(() => town(shelf));
  const [customer] = customers;
  if (customer === undefined) throw new Error('nobody lives here');
  const rows = [...supports.map(({ row }) => row), ...directs, ...rooms];
  const sorted = (some: typeof rows) => some.toSorted((a, b) => b.activity - a.activity).map(({ uuid }) => uuid);

  t.same(ids(await walk(shelf, as(agent), {})), sorted(rows), 'an agent: all support, and their own');
  t.same(
    ids(await walk(shelf, as(other), {})),
    sorted(supports.map(({ row }) => row)),
    'no direct and no room of others',
  );
  t.same(
    ids(await walk(shelf, as(peer), {})),
    sorted(
      rows.filter(
        (row) =>
          row.assignee === peer.id ||
          (row.assignee === null && row.queue === 'peer' && row.status === 'open') ||
          row.kind === 'room',
      ),
    ),
    'a peer: what is assigned to them, what waits for peers, and their rooms',
  );
  t.same(ids(await walk(shelf, as(bot), {})), sorted(rows.filter((row) => row.assignee === bot.id)));
  t.same(
    ids(await walk(shelf, as(customer), {})),
    sorted([...rows.filter((row) => row.customer === customer.id), ...directs.slice(0, 1), ...rooms.slice(0, 1)]),
  );
  t.same(ids(await walk(shelf, key('conversations'), {})), sorted(supports.map(({ row }) => row)));
  await t.rejects(walk(shelf, key('messages'), {}), refused('FORBIDDEN'));
});

t.test('any page size gives the list that one page gives, whatever it is narrowed to', async (t) => {
  const shelf = openShelf(t);
  const { customers, agent, other, peer } = shelf.fast(() => town(shelf));
  const [customer] = customers;
  if (customer === undefined) throw new Error('nobody lives here');
  const people = [agent, other, peer, customer];
  await fc.assert(
    fc.asyncProperty(
      fc.record({
        who: fc.constantFrom(...people),
        limit: fc.integer({ min: 1, max: 12 }),
        query: fc.record(
          {
            kind: fc.constantFrom('support' as const, 'direct' as const, 'room' as const),
            status: fc.subarray(['open' as const, 'closed' as const, 'snoozed' as const], { minLength: 1 }),
            queue: fc.constantFrom('agent' as const, 'peer' as const),
            assignee: fc.constantFrom('me', 'none', 'bot', 'peer', 'agent', other.uuid),
            customer: fc.constantFrom(customer.uuid, agent.uuid),
            unread: fc.boolean(),
          },
          { requiredKeys: [] },
        ),
      }),
      async ({ who, limit, query }) => {
        const whole = await shelf.readings.conversations(as(who), { ...query, limit: 200 });
        assert.equal(whole.next, null);
        assert.deepEqual(ids(await walk(shelf, as(who), { ...query, limit })), ids(whole.items));
        const all = (await shelf.readings.conversations(as(who), { limit: 200 })).items;
        assert.deepEqual(
          ids(whole.items),
          ids(all.filter((one) => fits(one, query, who.uuid))),
          JSON.stringify({ who: who.name, query }),
        );
      },
    ),
    { numRuns: 150 },
  );

  function fits(one: Conversation, query: Partial<ListQuery>, me: string): boolean {
    const { kind, status, queue, assignee, customer, unread } = query;
    const snoozed = one.team?.snoozedUntil != null;
    const state = one.status === 'open' && snoozed ? 'snoozed' : one.status;
    const role = one.assignee?.role;
    const assigned =
      assignee === undefined ||
      (one.kind === 'support' &&
        (assignee === 'none'
          ? one.assignee === null
          : assignee === 'me'
            ? one.assignee?.id === me
            : assignee === 'agent'
              ? role === 'agent' || role === 'admin'
              : assignee === 'bot' || assignee === 'peer'
                ? role === assignee
                : one.assignee?.id === assignee));
    return (
      assigned &&
      (kind === undefined || one.kind === kind) &&
      (status === undefined || status.includes(state)) &&
      (queue === undefined || one.queue === queue) &&
      (customer === undefined || (one.kind === 'support' && one.participants[0]?.user.id === customer)) &&
      (unread !== true || (one.my?.unread ?? 0) > 0)
    );
  }
});

t.test('those who wait are found longest first, by the team alone', async (t) => {
  const shelf = openShelf(t);
  const { agent, peer, supports, customers } = shelf.fast(() => town(shelf));
  const waiting = supports.map(({ row }) => row).filter((row) => row.waiting !== null);
  const expected = waiting.toSorted((a, b) => (a.waiting ?? 0) - (b.waiting ?? 0));
  t.same(
    ids(await walk(shelf, as(agent), { order: 'waiting', limit: 3 })),
    expected.map(({ uuid }) => uuid),
  );
  t.same(
    ids(await walk(shelf, as(peer), { order: 'waiting', limit: 2 })),
    expected.filter(({ queue }) => queue === 'peer').map(({ uuid }) => uuid),
    'a peer: of what waits for peers',
  );
  const [customer] = customers;
  if (customer === undefined) throw new Error('nobody lives here');
  await t.rejects(walk(shelf, as(customer), { order: 'waiting' }), refused('FORBIDDEN'));
});

t.test(
  'a page looks at 2,000 rows at most and goes on behind them, naming none that is not its reader’s',
  async (t) => {
    const shelf = openShelf(t);
    const [customer, agent, peer] = [shelf.user('Ann'), shelf.user('Bo', 'agent'), shelf.user('Di', 'peer')];
    const oldest = shelf.support(customer, { queue: 'peer' });
    shelf.say(oldest.row, customer, 'the only one that nobody has read');
    const others = shelf.fast(() => Array.from({ length: 2_100 }, () => shelf.support(customer, { queue: 'agent' })));

    const first = await shelf.readings.conversations(as(agent), { unread: true });
    t.same(first.items, []);
    t.type(first.next, 'string', 'there is more to look at');
    t.same(ids(await walk(shelf, as(agent), { unread: true })), [oldest.row.uuid]);

    const seen = await shelf.readings.conversations(as(peer), { assignee: 'none' });
    t.same(seen.items, []);
    const place = Buffer.from(seen.next ?? '', 'base64url').toString();
    t.notOk(others.some(({ row }) => place.includes(row.uuid)));
    t.same(ids(await walk(shelf, as(peer), { assignee: 'none' })), [oldest.row.uuid]);
  },
);

t.test('externalId finds a room for who is in it, and for the host', async (t) => {
  const shelf = openShelf(t);
  const [member, stranger, admin] = [shelf.user('Ann'), shelf.user('Bo'), shelf.user('Cy', 'admin')];
  const room = shelf.room([member], { externalId: 'call-1' });
  t.same(ids(await walk(shelf, as(member), { externalId: 'call-1' })), [room.uuid]);
  t.same(ids(await walk(shelf, as(stranger), { externalId: 'call-1' })), []);
  t.same(ids(await walk(shelf, as(admin), { externalId: 'call-1' })), []);
  t.same(ids(await walk(shelf, key('conversations'), { externalId: 'call-1' })), []);
  t.same(ids(await walk(shelf, key('conversations:all'), { externalId: 'call-1', kind: 'room' })), [room.uuid]);
  await t.rejects(walk(shelf, key('conversations:all'), { kind: 'room' }), refused('VALIDATION'));
});

t.test('a key lists what is of the team, said or not; all else by its own scope and name', async (t) => {
  const shelf = openShelf(t);
  const [customer, other] = [shelf.user('Ann'), shelf.user('Bo')];
  const { row } = shelf.support(customer);
  shelf.direct(customer, other);
  shelf.room([customer], { externalId: 'call-1' });
  for (const scope of ['conversations', 'conversations:all']) {
    t.same(ids(await walk(shelf, key(scope), {})), [row.uuid], scope);
    t.same(ids(await walk(shelf, key(scope), { kind: 'support' })), [row.uuid], scope);
  }
  for (const kind of ['direct', 'room'] as const) {
    await t.rejects(walk(shelf, key('conversations'), { kind, externalId: 'call-1' }), refused('FORBIDDEN'), kind);
  }
});

t.test('a cursor that no page of this list gave is refused', async (t) => {
  const shelf = openShelf(t);
  const agent = shelf.user('Bo', 'agent');
  const forged = (text: string) => Buffer.from(text).toString('base64url');
  for (const cursor of ['x', '', forged('waiting.5.x'), forged(`activity.-1.${agent.uuid}`), forged('activity.5')]) {
    await t.rejects(shelf.readings.conversations(as(agent), { cursor }), refused('VALIDATION'), cursor);
  }
  const waiting = forged(`waiting.5.${agent.uuid}`);
  await t.rejects(shelf.readings.conversations(as(agent), { cursor: waiting }), refused('VALIDATION'));
});
