import assert from 'node:assert/strict';
import { randomUUIDv7 } from 'node:crypto';
import t from 'tap';
import type { ConversationRow, MessageRow, UserRow } from '../../../src/db/rows.ts';
import type { Sync } from '../../../src/protocol/catching-up.ts';
import fc from '../../property.ts';
import { as, openShelf, refused, type Shelf } from './shelf.ts';

const seqs = ({ messages }: Sync) => messages.map(({ seq }) => seq);

function syncOf(shelf: Shelf, who: UserRow, row: ConversationRow) {
  return (since: number, epoch: string | undefined = shelf.store.epoch) =>
    shelf.readings.sync(as(who), row.uuid, { since, epoch });
}

t.test('sync brings what changed since a rev, oldest change first, as it is now', async (t) => {
  const shelf = openShelf(t);
  const [a, b] = [shelf.user('Ann'), shelf.user('Bo')];
  const row = shelf.room([a, b]);
  const first = shelf.say(row, a, 'one');
  const second = shelf.say(row, b, 'two');
  const since = row.rev;
  shelf.say(row, a, 'three');
  shelf.alter(row, first, { content: 'one, edited', editedAt: 5 });
  shelf.alter(row, first, { content: 'one, edited again', editedAt: 6 });
  shelf.say(row, b, 'four');
  shelf.alter(row, second, { content: null, deletedAt: 7 });

  const sync = await syncOf(shelf, a, row)(since);
  t.same(seqs(sync), [3, 1, 4, 2], 'edited ten times comes once');
  t.match(sync, { reset: false, more: false, rev: row.rev, epoch: shelf.store.epoch });
  t.equal(sync.messages[1]?.content, 'one, edited again');
  t.equal(sync.conversation.id, row.uuid);
  t.equal(sync.participants.length, 2, 'all of a small room, for their marks');
  const nothing = await syncOf(shelf, a, row)(row.rev);
  t.match(nothing, { reset: false, more: false, rev: row.rev });
  t.same(nothing.messages, []);
});

t.test('sync answers reset, with the newest page, wherever changes would not be complete', async (t) => {
  const shelf = openShelf(t);
  const [a, b] = [shelf.user('Ann'), shelf.user('Bo')];
  const row = shelf.room([a, b]);
  shelf.fast(() => {
    for (let n = 1; n <= 70; n += 1) shelf.say(row, a, `${n}`);
  });
  const sync = syncOf(shelf, a, row);
  const newest = Array.from({ length: 50 }, (_, index) => index + 21);
  for (const [why, answer] of Object.entries({
    'nothing is held': await sync(0),
    'another life of the file': await sync(5, randomUUIDv7()),
    'no epoch at all': await shelf.readings.sync(as(a), row.uuid, { since: 5, epoch: undefined }),
    'ahead of the conversation': await sync(row.rev + 1),
  })) {
    t.match(answer, { reset: true, more: false, rev: row.rev }, why);
    t.same(seqs(answer), newest, why);
  }
  shelf.change(row, { rev: 3_000 });
  t.equal((await sync(3_000 - 2_000)).reset, false, '2,000 are told');
  t.equal((await sync(3_000 - 2_001)).reset, true, 'more than 2,000 are not');
  shelf.change(row, { resetRev: 2_900 });
  t.equal((await sync(2_899)).reset, true, 'a bulk change in between');
  t.equal((await sync(2_900)).reset, false);
});

t.test('a long sync comes in pages of 200 changes', async (t) => {
  const shelf = openShelf(t);
  const [a, b] = [shelf.user('Ann'), shelf.user('Bo')];
  const row = shelf.room([a, b]);
  shelf.fast(() => {
    for (let n = 1; n <= 450; n += 1) shelf.say(row, a, `${n}`);
  });
  const sync = syncOf(shelf, a, row);
  const pages: Sync[] = [];
  for (let since = 1; ; ) {
    const page = await sync(since);
    pages.push(page);
    if (!page.more) break;
    since = page.rev;
  }
  t.same(
    pages.map((page) => page.messages.length),
    [200, 200, 50],
  );
  t.same(
    pages.flatMap(seqs),
    Array.from({ length: 450 }, (_, index) => index + 1),
  );
  t.equal(pages[2]?.rev, row.rev);
});

t.test('however it is cut, syncing from any rev ends in the thread as it is', async (t) => {
  const shelf = openShelf(t);
  const [a, b] = [shelf.user('Ann'), shelf.user('Bo')];
  await fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.record({ act: fc.constantFrom('say', 'edit', 'delete', 'status'), at: fc.nat(), size: fc.nat(9_000) }),
        {
          minLength: 1,
          maxLength: 120,
        },
      ),
      fc.nat(),
      async (acts, cut) => {
        const row = shelf.room([a, b]);
        const written: MessageRow[] = [];
        /** What a client held when the thread stood at each rev. */
        const states = new Map<number, Map<string, string | null>>();
        const keep = () => states.set(row.rev, new Map(written.map(({ uuid, content }) => [uuid, content])));
        keep();
        shelf.fast(() => {
          for (const { act, at, size } of acts) {
            const message = written[at % Math.max(1, written.length)];
            if (act === 'status') shelf.change(row, { rev: row.rev + 1 });
            else if (act === 'say' || message === undefined) written.push(shelf.say(row, a, 'x'.repeat(size)));
            else if (act === 'edit' && message.deletedAt === null)
              shelf.alter(row, message, { content: `edited ${at}`, editedAt: at });
            else shelf.alter(row, message, { content: null, deletedAt: at + 1 });
            keep();
          }
        });
        const revs = [...states.keys()];
        let since = revs[cut % revs.length] ?? 1;
        const held = new Map(states.get(since));
        for (let pages = 0; ; pages += 1) {
          const page = await syncOf(shelf, b, row)(since);
          assert.ok(!page.reset && pages < 200);
          for (const { id, content } of page.messages) held.set(id, content);
          assert.ok(Buffer.byteLength(JSON.stringify(page)) <= 256 * 1024);
          if (!page.more) break;
          assert.ok(page.rev > since, 'each page moves on');
          since = page.rev;
        }
        assert.deepEqual(Object.fromEntries(held), Object.fromEntries(states.get(row.rev) ?? []));
      },
    ),
    { numRuns: 40 },
  );
});

t.test('what a bot is writing always comes, with its text so far', async (t) => {
  const shelf = openShelf(t);
  const [customer, bot] = [shelf.user('Ann'), shelf.user('Robo', 'bot')];
  const { row } = shelf.support(customer, { assignee: bot.id });
  shelf.say(row, customer, 'hello?');
  shelf.say(row, bot, 'I am wri', { state: 'streaming' });
  shelf.say(row, customer, 'take your time');
  const sync = await syncOf(shelf, customer, row)(row.rev);
  t.match(sync.messages, [{ seq: 2, state: 'streaming', content: 'I am wri', ai: true }]);
  const other = shelf.support(shelf.user('Bo'));
  t.same((await syncOf(shelf, shelf.user('Cy', 'agent'), other.row)(1)).messages, [], 'in its own thread only');
});

t.test(
  'of a large room a sync brings the participants that changed, and on reset the authors of the page',
  async (t) => {
    const shelf = openShelf(t);
    const people = shelf.fast(() => Array.from({ length: 60 }, (_, n) => shelf.user(`Person ${n}`)));
    const [a, b] = people as [UserRow, UserRow];
    const row = shelf.fast(() => shelf.room(people));
    shelf.say(row, a, 'hello');
    const late = shelf.user('Late');
    shelf.change(row, { rev: row.rev + 1 });
    shelf.join(row, late);
    const sync = syncOf(shelf, b, row);
    t.same(
      (await sync(row.rev - 1)).participants.map(({ user }) => user.id),
      [late.uuid],
    );
    t.same(
      (await sync(0)).participants.map(({ user }) => user.id),
      [a.uuid],
    );
  },
);

t.test('a side conversation is caught up with by its own rev, with its parent as conversation', async (t) => {
  const shelf = openShelf(t);
  const [customer, agent] = [shelf.user('Ann'), shelf.user('Bo', 'agent')];
  const { row, side } = shelf.support(customer);
  shelf.say(row, customer, 'hello');
  shelf.say(side, agent, 'a note', { afterSeq: 1 });
  const sync = await syncOf(shelf, agent, side)(1);
  t.match(sync, { reset: false, rev: 2, conversation: { id: row.uuid, team: { id: side.uuid, rev: 2 } } });
  t.match(sync.messages, [{ conversationId: side.uuid, content: 'a note', afterSeq: 1 }]);
  t.same(sync.participants, []);
  await t.rejects(syncOf(shelf, customer, side)(0), refused('NOT_FOUND'));
});

t.test('a direct conversation tells the newest moves of the marks, and those over the new messages', async (t) => {
  const shelf = openShelf(t);
  const [a, b] = [shelf.user('Ann'), shelf.user('Bo')];
  const row = shelf.direct(a, b);
  shelf.fast(() => {
    for (let n = 1; n <= 100; n += 1) shelf.say(row, a, `${n}`);
    for (let n = 1; n <= 100; n += 1) shelf.read(row, b, n);
  });
  const sync = syncOf(shelf, a, row);
  t.same(
    (await sync(row.rev)).reads?.map(({ seq }) => seq),
    Array.from({ length: 20 }, (_, index) => index + 81),
  );
  t.same(
    (await sync(row.rev - 50)).reads?.map(({ seq }) => seq),
    Array.from({ length: 50 }, (_, index) => index + 51),
  );
});
