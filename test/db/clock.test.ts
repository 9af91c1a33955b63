import { randomUUIDv7 } from 'node:crypto';
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { Store } from '../../src/db/open.ts';
import { openRegister, register, tempFolder } from './register.ts';

const NOON = 1_790_000_000_000;
const HOUR = 60 * 60 * 1000;

/** A wall clock that is set by hand, in ms. */
function clock(at: number) {
  const held = { at };
  return { held, now: () => held.at };
}

/** Opens the folder, enters a name at that time of the wall clock, closes; gives the position and the epoch. */
async function enterAt(folder: string, at: number) {
  const { enter, store } = openRegister(folder, { now: () => at });
  const { position } = await enter(`at ${at}`);
  await store.close();
  return { position, epoch: store.epoch };
}

t.test('a position is the wall clock in microseconds, and rises whatever the clock does', async (t) => {
  const { held, now } = clock(NOON);
  const { enter } = register(t, { now });
  const positions: number[] = [];
  for (const at of [NOON + 5, NOON - HOUR, NOON - HOUR, NOON + HOUR, NOON]) {
    held.at = at;
    positions.push((await enter(`at ${at}`)).position);
  }
  const after = (NOON + 5) * 1000;
  const later = (NOON + HOUR) * 1000;
  t.same(positions, [after, after + 1, after + 2, later, later + 1]);
});

t.test('a position does not fall over a restart with the clock behind, and the epoch stays', async (t) => {
  const folder = tempFolder(t);
  const before = await enterAt(folder, NOON);
  const after = await enterAt(folder, NOON - 48 * HOUR);
  t.equal(after.position, before.position + 1);
  t.equal(after.epoch, before.epoch);
});

t.test('a restart after a crash keeps the epoch', async (t) => {
  const folder = tempFolder(t);
  const crashed = register(t, { folder });
  await crashed.enter('first');
  crashed.store.checkpoint();
  await crashed.enter('second');
  const copy = tempFolder(t);
  for (const name of ['parley.db', 'parley.db-wal', 'position']) copyFileSync(join(folder, name), join(copy, name));
  const { store, names } = register(t, { folder: copy });
  t.equal(store.epoch, crashed.store.epoch);
  t.same(names(), ['first', 'second']);
});

t.test('an older copy that is put back begins a new epoch, once, and its clock goes on', async (t) => {
  const folder = tempFolder(t);
  const file = join(folder, 'parley.db');
  const first = await enterAt(folder, NOON);
  copyFileSync(file, `${file}.backup`);
  const second = await enterAt(folder, NOON + HOUR);
  t.equal(second.epoch, first.epoch);

  copyFileSync(`${file}.backup`, file);
  const logged: string[] = [];
  const restored = openRegister(folder, { now: () => NOON, log: (text) => logged.push(text) });
  t.not(restored.store.epoch, first.epoch);
  t.match(logged, [/older than its clock/]);
  const { position } = await restored.enter('after the restore');
  t.equal(position, second.position + 1, 'no position is told twice, though the wall clock is an hour behind');
  await restored.store.close();

  const again = await enterAt(folder, NOON + 2 * HOUR);
  t.equal(again.epoch, restored.store.epoch);
});

t.test('an older copy whose server is killed before it wrote anything keeps its new epoch', async (t) => {
  const folder = tempFolder(t);
  const file = join(folder, 'parley.db');
  await enterAt(folder, NOON);
  copyFileSync(file, `${file}.backup`);
  await enterAt(folder, NOON + HOUR);
  copyFileSync(`${file}.backup`, file);
  const killed = register(t, { folder, now: () => NOON });
  const left = tempFolder(t);
  for (const name of ['parley.db', 'parley.db-wal', 'position']) copyFileSync(join(folder, name), join(left, name));
  t.equal(register(t, { folder: left, now: () => NOON }).store.epoch, killed.store.epoch);
});

t.test('a folder that was opened and not written to, or not even for writing, keeps its clock', async (t) => {
  const folder = tempFolder(t);
  const file = join(folder, 'parley.db');
  const { epoch } = await enterAt(folder, NOON);
  copyFileSync(file, `${file}.backup`);
  await enterAt(folder, NOON + HOUR);
  await openRegister(folder).store.close();
  await new Store({
    folder,
    pid: process.pid,
    newEpoch: randomUUIDv7,
    now: Date.now,
    maxWaiting: 1,
    batchSize: 1,
  }).close();
  copyFileSync(`${file}.backup`, file);
  t.not((await enterAt(folder, NOON)).epoch, epoch, 'the older copy is still noticed');
});

t.test('a file that is made anew in an old folder begins where the clock was', async (t) => {
  const folder = tempFolder(t);
  const { position, epoch } = await enterAt(folder, NOON);
  rmSync(join(folder, 'parley.db'));
  const fresh = await enterAt(folder, NOON - HOUR);
  t.equal(fresh.position, position + 1);
  t.not(fresh.epoch, epoch);
  t.equal((await enterAt(folder, NOON - HOUR)).epoch, fresh.epoch);
});

t.test('a clock file that says nothing sensible is as good as none', async (t) => {
  const folder = tempFolder(t);
  const { epoch, position } = await enterAt(folder, NOON);
  for (const text of ['', 'soon\n', '1e300\n', '0.5\n', '-1\n']) {
    writeFileSync(join(folder, 'position'), text);
    const { store } = openRegister(folder);
    t.equal(store.epoch, epoch, JSON.stringify(text));
    await store.close();
    t.equal(Number(readFileSync(join(folder, 'position'), 'utf8')), position, 'and is put right at the end');
  }
});

t.test('a store that cannot note its clock closes all the same', async (t) => {
  const folder = tempFolder(t);
  const { enter, store, faults } = openRegister(folder);
  await enter('first');
  rmSync(join(folder, 'position'), { force: true });
  // A folder in its place: the file cannot be put there.
  mkdirSync(join(folder, 'position', 'in the way'), { recursive: true });
  await store.close();
  t.equal(faults.length, 1);
  const { names } = register(t, { folder });
  t.same(names(), ['first']);
});
