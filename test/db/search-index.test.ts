import { randomUUIDv7 } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import t, { type Test } from 'tap';
import type { Sent } from '../../src/chat/messages.ts';
import { Indexing } from '../../src/db/indexing.ts';
import type { MetaRow } from '../../src/db/rows.ts';
import { STEP_ROWS } from '../../src/db/search-index.ts';
import { by, openWorld, type World } from '../world.ts';
import { startScript } from './processes.ts';
import { tempFolder } from './register.ts';

/** Keys of the messages that the index finds by a word. */
function found({ store }: Pick<World, 'store'>, word: string): unknown[] {
  const finding = store.reader.$client.prepare('select rowid from search where search match ? order by rowid');
  return finding.pluck().all(`"${word}"`);
}

const mark = ({ store }: Pick<World, 'store'>): { search_mark: number; last_id: number } =>
  store.reader.$client.prepare('select search_mark, last_id from meta').get() as never;
const rows = ({ store }: Pick<World, 'store'>) =>
  store.reader.$client.prepare('select id, content from messages order by id').raw().all() as [number, string | null][];

async function withCustomer(t: Test, options: Parameters<typeof openWorld>[1] = {}) {
  const world = openWorld(t, options);
  const customer = world.user('customer');
  const say = (content: string) => world.send(customer, { support: 'agent' }, content) as PromiseLike<Sent>;
  const change = ({ message }: Sent, type: 'message.edit' | 'message.delete', content = '') =>
    world.writer.submit({
      type: type as 'message.edit',
      by: by(customer),
      conversation: message.conversationId,
      id: message.id,
      content,
    });
  return { world, customer, say, change };
}

t.test('a send writes nothing into the index; whoever searches has it brought up to date first', async (t) => {
  const { world, say } = await withCustomer(t);
  await say('green lamp');
  t.same(found(world, 'lamp'), []);
  t.equal(mark(world).search_mark, 0);
  await world.writer.indexed();
  t.equal(found(world, 'lamp').length, 1);
  t.equal(mark(world).search_mark, mark(world).last_id);
});

t.test('what many wrote is indexed when nobody writes, without being asked for', async (t) => {
  const { world, say } = await withCustomer(t);
  const count = STEP_ROWS + 200;
  await Promise.all(Array.from({ length: count }, (_, index) => say(`number ${index}`)));
  while (mark(world).search_mark < STEP_ROWS) await new Promise(setImmediate);
  t.ok(found(world, 'number').length >= STEP_ROWS);
  await world.writer.indexed();
  t.equal(found(world, 'number').length, count);
});

t.test('what the steps of indexing leave is merged when nobody writes, and everything is still found', async (t) => {
  const { world, say } = await withCustomer(t);
  const segments = () =>
    world.store.reader.$client.prepare('select count(distinct segid) from search_idx').pluck().get() as number;
  const rounds = 40;
  for (let round = 0; round < rounds; round += 1) {
    await say(`number ${round}`);
    await world.writer.indexed();
  }
  // Four of a size may stay.
  while (segments() > 8) await new Promise(setImmediate);
  t.equal(found(world, 'number').length, rounds);
});

t.test('an edit and a deletion are told at once, whether the message was indexed or not', async (t) => {
  const { world, say, change } = await withCustomer(t);
  const [indexed, waiting] = [await say('green lamp'), await say('green chair')] as const;
  await change(waiting, 'message.edit', 'red chair');
  await world.writer.indexed();
  t.equal(found(world, 'green').length, 1);
  await change(indexed, 'message.edit', 'blue lamp');
  t.same([found(world, 'green'), found(world, 'blue').length], [[], 1], 'without anybody searching');
  await change(waiting, 'message.delete');
  t.same(found(world, 'chair'), []);
  const third = await say('yellow sofa');
  await change(third, 'message.delete');
  await world.writer.indexed();
  t.same(found(world, 'sofa'), []);
});

t.test('whatever statement changes a message tells the index; one that is being written is not found', async (t) => {
  const { world, say } = await withCustomer(t);
  await say('green lamp');
  await world.writer.indexed();
  const write = (sql: string) => world.writer.connection.exec(sql);
  write("update messages set state = 'streaming', content = 'green la'");
  t.same([found(world, 'green'), found(world, 'la')], [[], []]);
  write("update messages set content = 'green lampshade'");
  t.same(found(world, 'lampshade'), []);
  write("update messages set state = 'stopped'");
  t.equal(found(world, 'lampshade').length, 1);
  write("update messages set seq = seq, content = 'green lampshade'");
  t.equal(found(world, 'lampshade').length, 1);
  write('delete from messages');
  t.same(found(world, 'lampshade'), []);
});

t.test('a conversation is a word of its messages, and so is being one that the team reads', async (t) => {
  const { world, say, customer } = await withCustomer(t);
  const agent = world.user('agent', 'agent');
  const { message } = await say('lamp');
  await world.send(agent, { conversation: message.conversationId }, 'lamp');
  await world.send(agent, { user: { uuid: customer.uuid } }, 'lamp');
  await world.writer.indexed();
  const { $client } = world.store.reader;
  const ids = (kind: string) => $client.prepare('select id from conversations where kind = ?').pluck().get(kind);
  const within = (thread: unknown) =>
    $client
      .prepare('select count(*) from (select rowid from search where search match ?)')
      .pluck()
      .get(`{words} : ("lamp") AND {thread} : ("${thread}")`);
  t.same(
    ['s', 'n', ids('support'), ids('side'), ids('direct')].map((thread) => within(thread)),
    [2, 0, 2, 0, 1],
  );
});

t.test('an index that is missing, or another version’s, is made anew at the start', async (t) => {
  const spoils = [
    'update meta set search_version = 1',
    'drop trigger search_changed',
    'drop trigger search_deleted; drop trigger search_changed; drop table search',
  ];
  for (const spoil of spoils) {
    const folder = tempFolder(t);
    const first = await withCustomer(t, { folder });
    for (const content of ['green lamp', 'red lamp', 'chair']) await first.say(content);
    await first.world.writer.indexed();
    const before = found(first.world, 'lamp');
    t.equal(before.length, 2);
    await first.world.store.close();
    const database = new Database(join(folder, 'parley.db'));
    database.exec(spoil);
    database.close();
    const world = openWorld(t, { folder });
    t.equal(mark(world).search_mark, 0, spoil);
    await world.writer.indexed();
    t.same(found(world, 'lamp'), before, spoil);
  }
});

t.test('killed at any step of indexing, it goes on where it was: nothing twice, nothing left out', async (t) => {
  const folder = tempFolder(t);
  const count = STEP_ROWS * 2 + 500;
  for (const [when, step] of [
    ['before', 1],
    ['after', 1],
    ['before', 2],
  ] as const) {
    const indexing = startScript(t, 'indexing-process.ts', folder, String(count), when, String(step));
    t.equal(await indexing.line(), 'indexing');
    t.same(await indexing.ended, [null, 'SIGKILL']);
  }
  const world = openWorld(t, { folder });
  await world.writer.indexed();
  const all = rows(world);
  t.equal(all.length, count * 3);
  t.same(
    found(world, 'number'),
    all.map(([id]) => id),
  );
});

t.test('what was deleted or edited away stands in no page of the file after a checkpoint', async (t) => {
  const { world, say, change } = await withCustomer(t);
  const secret = (index: number) => `${String.fromCharCode(97 + (index % 26))}${randomUUIDv7().replaceAll('-', '')}`;
  const words = Array.from({ length: 600 }, (_, index) => secret(index));
  const sent = await Promise.all(words.map((word) => say(`the word is ${word} today`)));
  await world.writer.indexed();
  const gone = words.filter((_, index) => index % 3 !== 0);
  await Promise.all(
    sent.map((one, index) => {
      if (index % 3 === 1) return change(one, 'message.delete');
      return index % 3 === 2 ? change(one, 'message.edit', 'another word') : null;
    }),
  );
  world.store.checkpoint();
  t.equal(world.store.size().wal, 0);
  const file = readFileSync(join(world.folder, 'parley.db')).toString('latin1');
  // The index keeps of a word what its neighbours before it do not have: all but some first letters.
  const holds = (word: string) => file.includes(word.slice(-20));
  const left = words.filter((_, index) => index % 3 === 0);
  t.same(
    left.filter((word) => !holds(word)),
    [],
    'the others are there to be seen',
  );
  t.same(gone.filter(holds), []);
  t.equal(world.writer.connection.pragma('integrity_check', { simple: true }), 'ok');
});

t.test(
  'the index waits while changes wait, takes every other turn when far behind, and any when somebody searches',
  async (t) => {
    const meta = (lastId: number, searchMark: number) => ({ lastId, searchMark }) as MetaRow;
    const due = (lastId: number, indexed = false) => {
      const indexing = new Indexing();
      indexing.noted(meta(lastId, 0), indexed);
      return [indexing.isDue(false), indexing.isDue(true)];
    };
    t.same(due(0), [false, false]);
    t.same(due(STEP_ROWS - 1), [false, false]);
    t.same(due(STEP_ROWS), [true, false]);
    t.same(due(5_000), [true, true]);
    t.same(due(5_000, true), [true, false]);

    const mergeDue = (steps: number) => {
      const indexing = new Indexing();
      for (let step = 0; step < steps; step += 1) indexing.noted(meta(steps, step), true);
      indexing.noted(meta(steps, steps), false);
      return [indexing.isMergeDue(false), indexing.isMergeDue(true)];
    };
    t.same(mergeDue(0), [false, false]);
    t.same(mergeDue(8), [true, false]);
    t.same(mergeDue(40), [true, true]);

    const merging = new Indexing();
    for (let step = 0; step < 40; step += 1) merging.noted(meta(40, 40), true);
    merging.merged(true);
    t.same([merging.isMergeDue(false), merging.isMergeDue(true)], [true, false], 'every other turn');
    merging.merged(false);
    t.same([merging.isMergeDue(false), merging.isMergeDue(true)], [false, false], 'done');

    const indexing = new Indexing();
    await indexing.upToDate();
    indexing.noted(meta(7, 3), false);
    let told = 0;
    const waits = indexing.upToDate().then(() => (told += 1));
    t.same([indexing.isDue(false), indexing.isDue(true)], [true, true], 'somebody searches');
    indexing.noted(meta(9, 6), true);
    await null;
    t.equal(told, 0);
    indexing.noted(meta(9, 7), true);
    await waits;
    t.equal(told, 1);

    const late = indexing.upToDate();
    indexing.pause();
    await late;
    t.same([indexing.isDue(false), indexing.isDue(true)], [false, false], 'until something is written again');
    indexing.noted(meta(90_000, 9), false);
    await t.rejects(indexing.upToDate(), { code: 'OVERLOADED' });
  },
);
