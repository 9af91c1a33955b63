import { existsSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { integrity, openRegister, type Register, refusalOf, register } from './register.ts';
import { type SmallDisk, smallDisk } from './small-disk.ts';

const ROOM = 20_000;
/** Of a name that does not fit into the room that is left. */
const LONG = 'x'.repeat(100_000);

interface Full extends Register {
  disk: SmallDisk;
  told: string[];
  /** Resolves when it is told that writing is possible again. */
  possible: Promise<void>;
}

/** A register on a full disk, with one name in it; null where there can be no such disk, said by a skipped test. */
async function fullRegister(t: Test): Promise<Full | null> {
  const disk = smallDisk(t, 4);
  if (typeof disk === 'string') {
    t.pass('needs a small disk', { skip: disk });
    return null;
  }
  const told: string[] = [];
  const { promise: possible, resolve } = Promise.withResolvers<void>();
  const log = (text: string) => {
    told.push(text);
    if (text === 'writing is possible again') resolve();
  };
  const opened = register(t, { folder: disk.folder, log });
  await opened.enter('before');
  disk.fill(ROOM);
  return { ...opened, disk, told, possible };
}

t.test(
  'a full disk refuses what cannot be kept, lets readings go on, and takes writes as soon as there is room',
  async (t) => {
    const full = await fullRegister(t);
    if (full === null) return;
    const { enter, names, store, disk, told, published } = full;
    const refused = await Promise.allSettled([enter(`a ${LONG}`), enter(`b ${LONG}`)]);
    t.match(refused, Array(2).fill({ reason: { code: 'STORAGE_FULL', status: 507, retryMs: Number } }));
    t.equal(store.trouble, 'the disk is full');
    t.same(names(), ['before']);
    t.same(published, ['before']);
    t.match(await refusalOf(enter(`c ${LONG}`)), { code: 'STORAGE_FULL' });
    t.same(told, ['nothing can be written: the disk is full'], 'said once');

    disk.empty();
    await enter(`d ${LONG}`);
    t.equal(store.trouble, null);
    t.same(told, ['nothing can be written: the disk is full', 'writing is possible again']);
    t.same(
      names().map((name) => name.slice(0, 2)),
      ['be', 'd '],
    );
    t.same(integrity(full), ['ok', []]);
  },
);

t.test('writing is possible again by itself, though nobody sends', async (t) => {
  const full = await fullRegister(t);
  if (full === null) return;
  const { enter, store, disk, possible } = full;
  t.match(await refusalOf(enter(LONG)), { code: 'STORAGE_FULL' });
  disk.empty();
  // The store's own timer keeps no process alive; this one does until it was heard of.
  const staying = setInterval(() => {}, 1000);
  await possible;
  clearInterval(staying);
  t.equal(store.trouble, null);
});

t.test('a batch that does not fit is refused whole, and positions go on rising after it', async (t) => {
  const full = await fullRegister(t);
  if (full === null) return;
  const { enter, names, disk, writer } = full;
  const before = writer.position;
  const pending = [enter('small'), enter(LONG), enter('small too')];
  t.match(await Promise.allSettled(pending), Array(3).fill({ reason: { code: 'STORAGE_FULL' } }));
  t.equal(writer.position, before);
  disk.empty();
  t.ok((await enter('after')).position > before);
  t.same(names(), ['before', 'after']);
});

t.test('a store closes on a full disk, and opens again with everything acknowledged', async (t) => {
  const full = await fullRegister(t);
  if (full === null) return;
  const { enter, store, disk } = full;
  await enter('fits');
  disk.fill(0);
  t.match(await refusalOf(enter(LONG)), { code: 'STORAGE_FULL' });
  await store.close();
  disk.empty();
  const again = openRegister(disk.folder);
  t.same(again.names(), ['before', 'fits']);
  t.same(integrity(again), ['ok', []]);
  await again.store.close();
});

t.test('a start on a full disk is told in one sentence', async (t) => {
  const disk = smallDisk(t, 1);
  if (typeof disk === 'string') {
    t.pass('needs a small disk', { skip: disk });
    return;
  }
  disk.fill(0);
  for (const room of [0, 8_192, 60_000, 200_000]) {
    disk.fill(room);
    t.throws(() => openRegister(disk.folder), { name: 'StartError', message: /full|no space/i }, `${room} bytes`);
    t.notOk(existsSync(join(disk.folder, 'parley.db')), 'half a file would stop the next start');
  }
  disk.empty();
  await openRegister(disk.folder).store.close();
});
