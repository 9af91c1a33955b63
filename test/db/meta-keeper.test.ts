import { copyFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { openRegister, type Register, register, tempFolder } from './register.ts';

const NOON = 1_790_000_000_000;
const QUARTER_US = 250_000;

/** A register whose wall clock moves a millisecond with every batch, and so do its positions. */
function busyRegister(t: Test, folder = tempFolder(t)): Register {
  let at = NOON;
  return openRegister(folder, { now: () => ++at });
}

function kept({ store }: Register): { position: number; last_id: number } {
  return store.reader.$client.prepare('select position, last_id from meta').get() as never;
}

async function enterSome(opened: Register, count: number): Promise<number[]> {
  const positions: number[] = [];
  for (let name = 0; name < count; name += 1) positions.push((await opened.enter(`name ${name}`)).position);
  return positions;
}

/** What a kill would leave, in another folder. */
function killed(t: Test, { store }: Register): string {
  const folder = tempFolder(t);
  for (const name of ['parley.db', 'parley.db-wal', 'position'])
    copyFileSync(join(store.folder, name), join(folder, name));
  return folder;
}

t.test('the file is seldom written to for the clock, and never behind it', async (t) => {
  const opened = busyRegister(t);
  const seen = new Set<number>();
  for (let name = 1; name <= 600; name += 1) {
    await opened.enter(`name ${name}`);
    const { position, last_id } = kept(opened);
    seen.add(position);
    if (position < opened.writer.position || last_id < name) t.fail(`behind after ${name}`);
  }
  t.ok(seen.size <= 5, `${seen.size} times in 600 batches`);
  t.equal(opened.store.position, opened.writer.position, 'who asks is told where it stands');
  await opened.store.close();
});

t.test('a change that no other follows is kept as it is', async (t) => {
  let at = NOON;
  const opened = register(t, { now: () => at });
  for (let name = 1; name <= 5; name += 1) {
    at += 1_000;
    const { position } = await opened.enter(`name ${name}`);
    t.same(kept(opened), { position, last_id: name });
  }
});

t.test('after a kill positions and keys go on behind what was kept, and then behind those', async (t) => {
  const folder = tempFolder(t);
  const opened = busyRegister(t, folder);
  const before = await enterSome(opened, 10);
  opened.store.checkpoint();
  before.push(...(await enterSome(opened, 10)));
  const left = killed(t, opened);
  const after = register(t, { folder: left, now: () => NOON - 1_000 });
  t.equal(after.store.epoch, opened.store.epoch);
  const positions = [...before, ...(await enterSome(after, 3))];
  t.same(positions, [...new Set(positions)].toSorted(), 'they rise');
  t.ok((positions.at(-1) ?? 0) <= (before.at(-1) ?? 0) + QUARTER_US + 3, 'by a quarter of a second at most');
  const ids = after.store.reader.$client.prepare('select id from users order by rowid').pluck().all();
  t.equal(new Set(ids).size, 23);
  await opened.store.close();
});

t.test('a batch that fails neither loses what is kept ahead nor moves on by it', async (t) => {
  const opened = busyRegister(t);
  const before = await enterSome(opened, 5);
  for (let time = 0; time < 20; time += 1) {
    await opened.enter(`bad ${time}`, { role: 'nobody' }).then(
      () => t.fail('it was taken'),
      () => {},
    );
  }
  const [after = 0] = await enterSome(opened, 1);
  t.ok(after > (before.at(-1) ?? 0));
  t.ok(after < (before.at(-1) ?? 0) + QUARTER_US, 'twenty of them take no time');
  await opened.store.close();
});

t.test('a copy that was made while the clock was kept ahead is older than what came after it', async (t) => {
  const folder = tempFolder(t);
  const opened = busyRegister(t, folder);
  await enterSome(opened, 5);
  opened.store.checkpoint();
  await enterSome(opened, 5);
  t.ok(kept(opened).position > opened.writer.position, 'it is ahead');
  const copy = killed(t, opened);
  await enterSome(opened, 1);
  await opened.store.close();
  const noted = Number(readFileSync(join(folder, 'position'), 'utf8'));
  copyFileSync(join(folder, 'position'), join(copy, 'position'));
  const putBack = register(t, { folder: copy, now: () => NOON });
  t.not(putBack.store.epoch, opened.store.epoch);
  t.ok((await putBack.enter('after')).position > noted);
  const same = register(t, { folder, now: () => NOON });
  t.equal(same.store.epoch, opened.store.epoch, 'and the file itself is not');
});

t.test('wherever the clock comes to stand, all up to there is published', async (t) => {
  let at = NOON;
  let published = 0;
  const opened = register(t, {
    now: () => ++at,
    publish: (_decided, position) => {
      published = position;
    },
  });
  await enterSome(opened, 10);
  t.equal(published, opened.store.clock());
  t.ok(kept(opened).position > published, 'it is kept ahead');
  opened.store.checkpoint();
  t.equal(kept(opened).position, opened.store.clock(), 'and goes on behind that');
  t.equal(published, opened.store.clock());
});
