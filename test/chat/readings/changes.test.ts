import assert from 'node:assert/strict';
import { randomUUIDv7 } from 'node:crypto';
import t from 'tap';
import { cursorOf } from '../../../src/chat/readings/cursor.ts';
import type { UserRow } from '../../../src/db/rows.ts';
import type { Changes } from '../../../src/protocol/catching-up.ts';
import fc from '../../property.ts';
import { as, key, openShelf, refused, type Shelf } from './shelf.ts';

const ids = ({ conversations }: Changes) => conversations.map(({ id }) => id);
const now = async (shelf: Shelf, who: UserRow) => (await shelf.readings.changes(as(who), undefined)).cursor;

t.test('a cursor brings what changed since, oldest change first, as it is now', async (t) => {
  const shelf = openShelf(t);
  const [a, b, agent] = [shelf.user('Ann'), shelf.user('Bo'), shelf.user('Cy', 'agent')];
  const direct = shelf.direct(a, b);
  const { row, side } = shelf.support(a);
  const cursor = await now(shelf, a);
  const ofAgent = await now(shelf, agent);
  t.same(ids(await shelf.readings.changes(as(a), cursor)), [], 'nothing yet');

  shelf.say(row, a, 'hello');
  shelf.say(direct, b, 'hi');
  shelf.say(row, a, 'hello again');
  const changes = await shelf.readings.changes(as(a), cursor);
  t.same(ids(changes), [direct.uuid, row.uuid]);
  t.match(changes, { reset: false, more: false, removed: [], epoch: shelf.store.epoch });
  t.match(changes.conversations, [{ my: { readSeq: 0, unread: 1 } }, { seq: 2, rev: 3 }]);
  t.same(ids(await shelf.readings.changes(as(a), changes.cursor)), []);

  shelf.say(side, agent, 'a note', { afterSeq: 2 });
  const note = await shelf.readings.changes(as(agent), ofAgent);
  t.same(ids(note), [row.uuid], 'a change of the side brings its parent, once');
  t.match(note.conversations, [{ team: { id: side.uuid, rev: 2, ip: '192.0.2.1' } }]);
  t.same(ids(await shelf.readings.changes(as(a), changes.cursor)), [], 'and nothing to the customer');
});

t.test('a cursor that cannot go on answers reset, with the newest 20', async (t) => {
  const shelf = openShelf(t);
  const [a, agent] = [shelf.user('Ann'), shelf.user('Cy', 'agent')];
  const rows = shelf.fast(() => Array.from({ length: 25 }, () => shelf.support(a).row));
  const newest = rows
    .map(({ uuid }) => uuid)
    .reverse()
    .slice(0, 20);
  const position = shelf.tick();
  const epoch = shelf.store.epoch;
  const month = 30 * 24 * 60 * 60 * 1_000_000;
  for (const [why, cursor] of Object.entries({
    none: undefined,
    empty: '',
    unreadable: 'not a cursor!',
    'another life of the file': cursorOf(randomUUIDv7(), as(a), position),
    "another user's": cursorOf(epoch, as(agent), position),
    'of another role': cursorOf(epoch, { uuid: a.uuid, role: 'peer' }, position),
    "ahead of the store's clock": cursorOf(epoch, as(a), position + 1),
    'too old': cursorOf(epoch, as(a), position - month - 1),
  })) {
    const changes = await shelf.readings.changes(as(a), cursor);
    t.match(changes, { reset: true, more: false, removed: [] }, why);
    t.same(ids(changes), newest, why);
    t.equal((await shelf.readings.changes(as(a), changes.cursor)).reset, false, 'and gives one that goes on');
  }
  t.equal((await shelf.readings.changes(as(a), cursorOf(epoch, as(a), position - month + 1000))).reset, false);
  await t.rejects(shelf.readings.changes(key('*'), undefined), refused('FORBIDDEN'));
});

t.test('a hundred a page; over a thousand changed conversations: reset', async (t) => {
  const shelf = openShelf(t);
  const [a, agent] = [shelf.user('Ann'), shelf.user('Cy', 'agent')];
  for (const who of [a, agent]) {
    const cursor = await now(shelf, who);
    const rows = shelf.fast(() => Array.from({ length: 1_000 }, () => shelf.support(a).row));
    const found: string[] = [];
    const sizes: number[] = [];
    for (let at = cursor; ; ) {
      const page = await shelf.readings.changes(as(who), at);
      assert.equal(page.reset, false);
      found.push(...ids(page));
      sizes.push(page.conversations.length);
      at = page.cursor;
      if (!page.more) break;
    }
    t.same(
      found,
      rows.map(({ uuid }) => uuid),
    );
    t.equal(Math.max(...sizes), 100);
    shelf.support(a);
    t.equal((await shelf.readings.changes(as(who), cursor)).reset, true);
  }
});

t.test('in any interleaving a walk by cursors ends with the newest state of everything', async (t) => {
  const shelf = openShelf(t);
  const agent = shelf.user('Cy', 'agent');
  const customer = shelf.user('Ann');
  const other = shelf.user('Bo');
  const threads = shelf.fast(() => [
    ...Array.from({ length: 8 }, () => shelf.support(customer)),
    ...Array.from({ length: 4 }, () => ({ row: shelf.direct(customer, agent), side: null })),
  ]);
  const cursors = new Map([
    [agent, await now(shelf, agent)],
    [customer, await now(shelf, customer)],
  ]);
  const held = new Map([
    [agent, new Map<string, string>()],
    [customer, new Map<string, string>()],
  ]);
  const change = fc.record({ thread: fc.nat(11), beside: fc.boolean(), read: fc.boolean() });
  await fc.assert(
    fc.asyncProperty(fc.array(change, { maxLength: 30 }), fc.constantFrom(agent, customer), async (acts, who) => {
      shelf.fast(() => {
        for (const { thread, beside, read } of acts) {
          const { row, side } = threads[thread] as (typeof threads)[number];
          if (read) shelf.mark(row, customer, row.seq);
          else if (beside && side !== null) shelf.say(side, other, 'note', { afterSeq: row.seq });
          else shelf.say(row, customer, 'hello');
        }
      });
      const mine = held.get(who) as Map<string, string>;
      for (;;) {
        const page = await shelf.readings.changes(as(who), cursors.get(who));
        assert.equal(page.reset, false);
        for (const one of page.conversations) mine.set(one.id, JSON.stringify(one));
        cursors.set(who, page.cursor);
        if (!page.more) break;
      }
      for (const [id, text] of mine) {
        assert.equal(text, JSON.stringify(await shelf.readings.conversation(as(who), id)));
      }
    }),
    { numRuns: 60 },
  );
  t.equal((held.get(agent)?.size ?? 0) > 6, true, 'the walk met conversations');
});

t.test("another device's mark comes with the cursor", async (t) => {
  const shelf = openShelf(t);
  const people = shelf.fast(() => Array.from({ length: 60 }, (_, n) => shelf.user(`Person ${n}`)));
  const [a, b] = people as [UserRow, UserRow];
  const row = shelf.fast(() => shelf.room(people));
  shelf.say(row, b, 'hello');
  const [cursor, others] = [await now(shelf, a), await now(shelf, b)];
  shelf.mark(row, a, 1);
  t.match((await shelf.readings.changes(as(a), cursor)).conversations, [{ id: row.uuid, my: { unread: 0 } }]);
  t.same(ids(await shelf.readings.changes(as(b), others)), [], 'in a large room a mark is its own reader’s');
});

t.test('what may no longer be read comes as removed, and nothing else of what was never theirs', async (t) => {
  const shelf = openShelf(t);
  const [customer, agent, peer, other] = [
    shelf.user('Ann'),
    shelf.user('Bo', 'agent'),
    shelf.user('Di', 'peer'),
    shelf.user('El', 'peer'),
  ];
  const room = shelf.room([customer, agent]);
  const waiting = shelf.support(customer, { queue: 'peer' });
  const assigned = shelf.support(customer, { queue: 'agent', assignee: peer.id });
  const never = shelf.support(customer, { queue: 'agent' });
  const cursors = {
    customer: await now(shelf, customer),
    peer: await now(shelf, peer),
    other: await now(shelf, other),
  };

  shelf.leave(room, customer);
  shelf.change(waiting.row, { assignee: agent.id, position: shelf.tick() });
  const to = (who: UserRow) => ({ system: { code: 'assigned' as const, by: null, to: shelf.authorOf(who) } });
  shelf.say(assigned.side, null, '', { kind: 'system', afterSeq: 0, extra: to(peer) });
  shelf.say(assigned.side, null, '', { kind: 'system', afterSeq: 0, extra: to(agent) });
  shelf.change(assigned.row, { assignee: agent.id, position: shelf.tick() });
  shelf.say(never.row, customer, 'hello');

  const ofCustomer = await shelf.readings.changes(as(customer), cursors.customer);
  t.same(ofCustomer.removed, [room.uuid]);
  t.notOk(ids(ofCustomer).includes(room.uuid));
  const ofPeer = await shelf.readings.changes(as(peer), cursors.peer);
  t.same(new Set(ofPeer.removed), new Set([waiting.row.uuid, assigned.row.uuid]));
  t.same(ids(ofPeer), []);
  t.same(
    (await shelf.readings.changes(as(other), cursors.other)).removed,
    [waiting.row.uuid],
    'not what only another had',
  );
  t.same((await shelf.readings.changes(as(peer), ofPeer.cursor)).removed, [], 'told once');
});

t.test('hello brings what is new in the threads that the line holds', async (t) => {
  const shelf = openShelf(t);
  const [a, b, c] = [shelf.user('Ann'), shelf.user('Bo'), shelf.user('Cy')];
  const [mine, theirs] = [shelf.direct(a, b), shelf.direct(b, c)];
  shelf.say(mine, b, 'one');
  const since = mine.rev;
  const cursor = await now(shelf, a);
  shelf.say(mine, b, 'two');
  const gone = randomUUIDv7();
  const revs = { [mine.uuid.toUpperCase()]: since, [theirs.uuid]: 1, [gone]: 5 };
  const hello = await shelf.readings.hello(as(a), { cursor, revs });
  t.same(Object.keys(hello.synced), [mine.uuid]);
  t.match(hello.synced[mine.uuid], { reset: false, more: false, rev: mine.rev, messages: [{ content: 'two' }] });
  t.same(hello.removed, [theirs.uuid, gone], 'not theirs, and not there: the same');
  t.same(ids(hello), [mine.uuid]);

  const elsewhere = cursorOf(randomUUIDv7(), as(a), shelf.tick());
  const after = await shelf.readings.hello(as(a), { cursor: elsewhere, revs: { [mine.uuid]: since } });
  t.equal(after.reset, true);
  t.match(after.synced[mine.uuid], { reset: true, messages: [{ content: 'one' }, { content: 'two' }] });
});

t.test('what hello syncs stays within 256 KiB in all; the rest is asked for by its rev', async (t) => {
  const shelf = openShelf(t);
  const a = shelf.user('Ann');
  const threads = shelf.fast(() =>
    Array.from({ length: 50 }, () => {
      const row = shelf.direct(a, shelf.user('Bo'));
      const since = row.rev;
      for (let n = 0; n < 10; n += 1) shelf.say(row, a, 'x'.repeat(2_000));
      return { row, since };
    }),
  );
  const revs = Object.fromEntries(threads.map(({ row, since }) => [row.uuid, since]));
  const check = async (cursor: string, reset: boolean) => {
    const { synced } = await shelf.readings.hello(as(a), { cursor, revs });
    const bytes = Buffer.byteLength(JSON.stringify(synced));
    t.ok(bytes <= 256 * 1024, `${bytes}`);
    t.equal(Object.keys(synced).length, 50);
    const [full, rest] = [true, false].map((whole) => Object.values(synced).filter(({ more }) => more !== whole));
    t.ok((full?.length ?? 0) >= 5 && (rest?.length ?? 0) >= 5, 'some are whole, the rest are to be asked for');
    for (const { conversation, ...page } of rest ?? []) {
      const { row, since } = threads.find((one) => one.row.uuid === conversation.id) ?? { row: null, since: 0 };
      if (page.messages.length > 0) continue;
      t.match(page, { reset, more: true, rev: reset ? 0 : since });
      const next = await shelf.readings.sync(as(a), conversation.id, { since: page.rev, epoch: shelf.store.epoch });
      t.equal(next.messages.length, 10);
      t.equal(next.rev, row?.rev);
    }
  };
  await check(await now(shelf, a), false);
  await check(cursorOf(randomUUIDv7(), as(a), shelf.tick()), true);
});
