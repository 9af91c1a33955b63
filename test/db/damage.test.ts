import { closeSync, existsSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { openRegister, refusalOf, register, tempFolder } from './register.ts';

const PAGE_BYTES = 4096;

t.test('a file that turns out to be damaged takes no more writes, and goes on being read', async (t) => {
  const folder = tempFolder(t);
  const file = join(folder, 'parley.db');
  const whole = openRegister(folder);
  await Promise.all(Array.from({ length: 50 }, (_, index) => whole.enter(`name ${index}`)));
  await whole.store.close();

  const told: string[] = [];
  const { store, enter, names } = register(t, { folder, log: (text) => told.push(text) });
  const indexRoot = store.reader.$client
    .prepare("select rootpage from sqlite_schema where name = 'users_uuid'")
    .pluck()
    .get() as number;
  const descriptor = openSync(file, 'r+');
  writeSync(descriptor, Buffer.alloc(16, 0xff), 0, 16, (indexRoot - 1) * PAGE_BYTES);
  closeSync(descriptor);
  const damaged = readFileSync(file);

  const batch = await Promise.allSettled([enter('a'), enter('b')]);
  t.match(batch, Array(2).fill({ reason: { code: 'STORAGE_FULL', message: /cannot store/ } }));
  t.match(store.trouble, /^the database is damaged \(SQLITE_CORRUPT.*\): restore a backup$/);
  t.match(await refusalOf(enter('c')), { code: 'STORAGE_FULL' });
  t.equal(told.length, 1, 'said once');
  t.equal(names().length, 50);
  t.ok(damaged.equals(readFileSync(file)), 'and nothing was written to it');

  await store.close();
  t.throws(() => openRegister(folder), { name: 'StartError', message: /damaged/ });
});

t.test('a file that was moved away is waited for, and not replaced by an empty one', async (t) => {
  const folder = tempFolder(t);
  const file = join(folder, 'parley.db');
  const { store, writer, enter, names } = register(t, { folder });
  await enter('a');
  // As after an I/O error: the next batch opens another connection.
  writer.connection.close();
  renameSync(file, `${file}.away`);
  t.match(await refusalOf(enter('b')), { code: 'STORAGE_FULL' });
  t.match(store.trouble, /^the storage fails \(SQLITE_CANTOPEN/);
  t.notOk(existsSync(file));

  renameSync(`${file}.away`, file);
  await enter('c');
  t.equal(store.trouble, null);
  t.same(names(), ['a', 'c']);
});
