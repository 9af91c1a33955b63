/** What the index consists of, and what of it is merged. */
import Database from 'better-sqlite3';
import t from 'tap';
import type { Sent } from '../../src/chat/messages.ts';
import { ensureSearchIndex, makeSearchTable, searchMerger } from '../../src/db/search-index.ts';
import { levelsOf, pagesOfNextMerge, STRUCTURE_ID } from '../../src/db/search-segments.ts';
import { by, openWorld } from '../world.ts';
import { tempFolder } from './register.ts';

/** An index alone, and texts of some common words and one of their own, so many in a transaction. */
function searchIndex() {
  const database = new Database(':memory:');
  makeSearchTable(database);
  const insert = database.prepare('insert into search (rowid, words, thread) values (?, ?, ?)');
  let id = 0;
  return {
    database,
    said: () => id,
    say: database.transaction((count: number) => {
      for (let place = 0; place < count; place += 1) {
        id += 1;
        insert.run(id, `hello how are you today number${id} friend`, `${id % 50} s`);
      }
    }),
    levels: () => {
      const record = database.prepare(`select block from search_data where id = ${STRUCTURE_ID}`).pluck().get();
      return levelsOf(record as Uint8Array);
    },
    // In a page's key: which segment, whether it helps to skip, how high in the tree, which page.
    segments: () =>
      database
        .prepare('select count(*) from search_data where id >> 37 > 0 and (id >> 31) & 63 = 0 group by id >> 37')
        .pluck()
        .all() as number[],
    found: (word: string) => database.prepare('select count(*) from search where search match ?').pluck().get(word),
  };
}

const sum = (numbers: number[]) => numbers.reduce((all, one) => all + one, 0);

t.test('the record tells of the segments and pages that there are, while they are merged too', async (t) => {
  const index = searchIndex();
  const merge = searchMerger(index.database, 2);
  let halfWay = 0;
  for (let round = 0; round < 60; round += 1) {
    index.say(20 + round * 7);
    if (round % 3 === 0) merge();
    const levels = index.levels();
    const segments = index.segments();
    if (levels.some(({ merging }) => merging > 0)) halfWay += 1;
    t.equal(sum(levels.map((level) => level.segments)), segments.length);
    t.equal(sum(levels.map((level) => level.pages)), sum(segments));
  }
  t.ok(halfWay > 5);
});

t.test('a level of many pages is left as it is, and those below it are merged all the same', async (t) => {
  const index = searchIndex();
  const most = 40;
  const merge = searchMerger(index.database, 4, most);
  for (let round = 0; round < 150; round += 1) {
    index.say(100);
    while (merge());
  }
  const segments = index.segments();
  t.ok(sum(segments) > 4 * most, `${sum(segments)} pages`);
  t.ok(Math.max(...segments) <= most, `${Math.max(...segments)} pages at most`);
  t.ok(segments.length < 60, `${segments.length} segments`);
  t.same([index.found('hello'), index.found('number77')], [index.said(), 1]);
  const whole = searchMerger(index.database, 1_000, Number.POSITIVE_INFINITY);
  while (whole());
  t.ok(index.segments().length < 8);
  t.equal(index.found('hello'), index.said());
});

t.test('what is merged next is a level that is being merged, else the one of most segments', async (t) => {
  const level = (segments: number, pages: number, merging = 0) => ({ segments, pages, merging });
  t.equal(pagesOfNextMerge([], 4), null);
  t.equal(pagesOfNextMerge([level(3, 9)], 4), null);
  t.equal(pagesOfNextMerge([level(4, 9)], 4), 9);
  t.equal(pagesOfNextMerge([level(4, 9), level(5, 90)], 4), 90);
  t.equal(pagesOfNextMerge([level(5, 9), level(5, 90)], 4), 9);
  t.equal(pagesOfNextMerge([level(1, 9), level(5, 90, 5), level(7, 900)], 4), 90);
  t.equal(pagesOfNextMerge([level(6, 9), level(5, 90, 5), level(7, 900)], 4), 9);
});

t.test('an index that was made before is told what the engine may merge by itself', async (t) => {
  const folder = tempFolder(t);
  const world = openWorld(t, { folder });
  const { connection } = world.writer;
  const at = connection.prepare("select v from search_config where k = 'crisismerge'").pluck();
  const own = at.get();
  connection.exec("insert into search (search, rank) values ('crisismerge', 64)");
  t.equal(at.get(), 64);
  ensureSearchIndex(connection);
  t.equal(at.get(), own);
});

t.test('edits leave segments too, which are merged when nobody writes', async (t) => {
  const world = openWorld(t);
  const customer = world.user('customer');
  const { message } = (await world.send(customer, { support: 'agent' }, 'first')) as Sent;
  await world.writer.indexed();
  const segments = world.store.reader.$client.prepare('select count(distinct segid) from search_idx').pluck();
  for (let edit = 0; edit < 40; edit += 1) {
    await world.writer.submit({
      type: 'message.edit',
      by: by(customer),
      conversation: message.conversationId,
      id: message.id,
      content: `edit ${edit}`,
    });
  }
  while ((segments.get() as number) > 8) await new Promise(setImmediate);
  t.equal(world.store.reader.$client.prepare(`select count(*) from search where search match 'edit'`).pluck().get(), 1);
});
