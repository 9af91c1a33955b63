import assert from 'node:assert/strict';
import t from 'tap';
import type { Message } from '../../../src/protocol/message.ts';
import fc from '../../property.ts';
import { as, key, openShelf, refused } from './shelf.ts';

const seqs = (items: readonly Message[]) => items.map(({ seq }) => seq);

t.test('history gives the newest, what is before, after and around, ascending', async (t) => {
  const shelf = openShelf(t);
  const [customer, agent] = [shelf.user('Ann'), shelf.user('Bo', 'agent')];
  const { row } = shelf.support(customer);
  for (let n = 1; n <= 20; n += 1) shelf.say(row, n % 2 ? customer : agent, `number ${n}`);
  const read = (query: object) => shelf.readings.history(as(customer), row.uuid, query);

  const newest = await read({ limit: 3 });
  t.same(seqs(newest.items), [18, 19, 20]);
  t.equal(newest.rev, row.rev, 'with the rev of the same reading');
  t.equal(newest.epoch, shelf.store.epoch);
  t.equal(newest.items[2]?.content, 'number 20');
  t.match(newest.items[1]?.author, { id: customer.uuid, name: 'Ann', role: 'user' });
  t.same(seqs((await read({ before: 4, limit: 2 })).items), [2, 3]);
  t.same(seqs((await read({ before: 1 })).items), []);
  t.same(seqs((await read({ before: 99, limit: 2 })).items), [19, 20]);
  t.same(seqs((await read({ after: 0, limit: 2 })).items), [1, 2]);
  t.same(seqs((await read({ after: 19 })).items), [20]);
  t.same(seqs((await read({ after: 20 })).items), []);
  t.same(seqs((await read({ around: 10, limit: 5 })).items), [8, 9, 10, 11, 12]);
  t.same(seqs((await read({ around: 10, limit: 4 })).items), [8, 9, 10, 11]);
  t.same(seqs((await read({ around: 10, limit: 1 })).items), [10]);
  t.same(seqs((await read({ around: 1, limit: 4 })).items), [1, 2, 3, 4], 'a page is full where there is enough');
  t.same(seqs((await read({ around: 20, limit: 4 })).items), [17, 18, 19, 20]);
  t.same(seqs((await read({ around: 500, limit: 2 })).items), [19, 20]);
  t.equal((await read({})).items.length, 20);
  t.notOk('reads' in newest, 'moves of marks are told in direct conversations only');
});

t.test('walking in pages of any size, either way, gives every message once', async (t) => {
  const shelf = openShelf(t);
  const customer = shelf.user('Ann');
  const { row } = shelf.support(customer);
  shelf.fast(() => {
    for (let n = 1; n <= 60; n += 1) shelf.say(row, customer, 'x'.repeat((n * 577) % 9000));
  });
  const all = Array.from({ length: 60 }, (_, index) => index + 1);
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 200 }), fc.boolean(), async (limit, backwards) => {
      let walked: number[] = [];
      for (;;) {
        const place = backwards ? { before: walked[0] ?? 61 } : { after: walked.at(-1) ?? 0 };
        const { items } = await shelf.readings.history(as(customer), row.uuid, { ...place, limit });
        if (items.length === 0) break;
        walked = backwards ? [...seqs(items), ...walked] : [...walked, ...seqs(items)];
      }
      assert.deepEqual(walked, all);
    }),
    { numRuns: 25 },
  );
});

t.test(
  'a page stays within its bytes, around what was asked for, and holds one message whatever its size',
  async (t) => {
    const shelf = openShelf(t);
    const [a, b] = [shelf.user('Ann'), shelf.user('Bo')];
    const row = shelf.direct(a, b);
    shelf.fast(() => {
      for (let n = 1; n <= 30; n += 1) shelf.say(row, a, '€'.repeat(10_000));
    });
    for (const place of [{}, { before: 20 }, { after: 5 }, { around: 15 }]) {
      const history = await shelf.readings.history(as(a), row.uuid, { ...place, limit: 200 });
      const bytes = Buffer.byteLength(JSON.stringify(history));
      t.ok(bytes <= 256 * 1024, `${JSON.stringify(place)}: ${bytes}`);
      t.ok(bytes > 200 * 1024, 'and is not wastefully small');
      const found = seqs(history.items);
      t.same(
        found,
        found.map((_, index) => (found[0] ?? 0) + index),
        'without holes',
      );
    }
    t.ok(seqs((await shelf.readings.history(as(a), row.uuid, { around: 15, limit: 200 })).items).includes(15));
    t.equal(seqs((await shelf.readings.history(as(a), row.uuid, { limit: 200 })).items).at(-1), 30);
    t.equal(seqs((await shelf.readings.history(as(a), row.uuid, { after: 5, limit: 200 })).items)[0], 6);
  },
);

t.test('a tombstone keeps its place and tells nothing; a system message names people as they were', async (t) => {
  const shelf = openShelf(t);
  const [ann, bo] = [shelf.user('Ann'), shelf.user('Bo')];
  const row = shelf.room([ann, bo]);
  const secret = shelf.say(row, ann, 'secret', { extra: { quickReplies: ['secret'] } });
  shelf.say(row, null, '', { kind: 'system', extra: { system: { code: 'joined', user: shelf.authorOf(bo) } } });
  shelf.alter(row, secret, { content: null, deletedAt: 1_000 });
  const { items } = await shelf.readings.history(as(bo), row.uuid, {});
  t.match(items[0], { seq: 1, content: null, attachments: [], deletedAt: '1970-01-01T00:00:01.000Z' });
  t.notMatch(JSON.stringify(items[0]), 'secret');
  t.match(items[1], { kind: 'system', author: null, system: { code: 'joined', user: { id: bo.uuid, name: 'Bo' } } });
});

t.test('a side conversation is read by the team, from where the thread stood, and by nobody else', async (t) => {
  const shelf = openShelf(t);
  const [customer, agent, peer] = [shelf.user('Ann'), shelf.user('Bo', 'agent'), shelf.user('Cy', 'peer')];
  const bot = shelf.user('Robo', 'bot');
  const { row, side } = shelf.support(customer, { assignee: peer.id });
  for (const afterSeq of [0, 0, 2, 5, 5, 9]) shelf.say(side, agent, `after ${afterSeq}`, { afterSeq });
  const read = (who: typeof agent, query: object = {}) => shelf.readings.history(as(who), side.uuid, query);

  t.same(seqs((await read(agent, { afterSeq: 2 })).items), [3, 4, 5, 6]);
  t.same(
    (await read(peer)).items.map((message) => message.afterSeq),
    [0, 0, 2, 5, 5, 9],
    'the assigned peer reads it',
  );
  t.equal((await shelf.readings.history(key('conversations'), side.uuid, {})).items.length, 6);
  await t.rejects(read(customer), refused('NOT_FOUND'));
  await t.rejects(read(shelf.user('Di', 'peer')), refused('NOT_FOUND'));
  shelf.change(row, { assignee: bot.id });
  await t.rejects(read(bot), refused('NOT_FOUND'), 'not for bots');
  await t.rejects(read(agent, { afterSeq: 2, before: 3 }), refused('VALIDATION'));
  await t.rejects(shelf.readings.history(as(agent), row.uuid, { afterSeq: 2 }), refused('VALIDATION'));
});

t.test('a direct conversation tells when each message of a page was read', async (t) => {
  const shelf = openShelf(t);
  const [a, b] = [shelf.user('Ann'), shelf.user('Bo')];
  const row = shelf.direct(a, b);
  for (let n = 1; n <= 10; n += 1) shelf.say(row, a, `${n}`);
  for (const seq of [2, 3, 6, 9, 10]) shelf.read(row, b, seq);
  const { reads = [] } = await shelf.readings.history(as(a), row.uuid, { after: 2, limit: 3 });
  t.same(
    reads.map(({ userId, seq }) => [userId, seq]),
    [
      [b.uuid, 3],
      [b.uuid, 6],
    ],
    'the moves inside the page and the first behind it',
  );
});

t.test('one message is found in its own thread only', async (t) => {
  const shelf = openShelf(t);
  const [a, b, c] = [shelf.user('Ann'), shelf.user('Bo'), shelf.user('Cy')];
  const [one, other] = [shelf.direct(a, b), shelf.direct(a, c)];
  const message = shelf.say(one, a, 'hello');
  t.match(await shelf.readings.message(as(b), one.uuid.toUpperCase(), message.uuid.toUpperCase()), {
    id: message.uuid,
    conversationId: one.uuid,
    content: 'hello',
  });
  await t.rejects(shelf.readings.message(as(a), other.uuid, message.uuid), refused('NOT_FOUND'));
  await t.rejects(shelf.readings.message(as(c), one.uuid, message.uuid), refused('NOT_FOUND'));
  await t.rejects(shelf.readings.message(as(a), 'no id', message.uuid), refused('NOT_FOUND'));
});
