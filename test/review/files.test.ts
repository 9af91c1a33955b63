/** The files of the data folder: who may read them, and that they are given back. */
import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { platform } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import t from 'tap';
import { APPLICATION_ID, migrate } from '../../src/db/migrate.ts';
import { openRegister, tempFolder } from '../db/register.ts';

const OTHERS = 0o077;
const skip = platform() === 'win32' && 'no modes here';

t.test('in a folder that others may look into, nothing of what was said is for them', { skip }, async (t) => {
  const folder = tempFolder(t);
  chmodSync(folder, 0o755);
  const { store, enter } = openRegister(folder);
  await enter('somebody');
  for (const name of ['parley.db', 'parley.db-wal', 'parley.db-shm']) {
    t.equal(statSync(join(folder, name)).mode & OTHERS, 0, name);
  }
  await store.close();
});

t.test('a copy that is kept before migrating is for nobody else either', { skip }, (t) => {
  const folder = tempFolder(t);
  mkdirSync(join(folder, 'backups'), { mode: 0o755 });
  const database = new Database(join(folder, 'old.db'));
  database.exec('create table secrets (text); insert into secrets values (1)');
  database.pragma('user_version = 1');
  const kept = migrate(database, folder, [
    { id: 1, name: 'first', sql: [] },
    { id: 2, name: 'second', sql: ['create table more (text)'] },
  ]);
  t.ok(kept);
  t.equal(statSync(kept as string).mode & OTHERS, 0);
  const copy = new Database(kept as string, { readonly: true });
  t.equal(copy.prepare('select count(*) from secrets').pluck().get(), 1, 'and it is whole');
  copy.close();
  t.equal(database.pragma('application_id', { simple: true }), APPLICATION_ID);
  database.close();
  t.end();
});

t.test('the clock is written beside the database whole or not at all', async (t) => {
  const folder = tempFolder(t);
  writeFileSync(join(folder, 'position.new'), 'half of some');
  const { store, enter } = openRegister(folder);
  const { position } = await enter('somebody');
  await store.close();
  t.equal(readFileSync(join(folder, 'position'), 'utf8'), `${position}\n`);
  t.notOk(readdirSync(folder).includes('position.new'));
});

t.test('a reading that is still under way at the end does not keep the folder', async (t) => {
  const folder = tempFolder(t);
  const { store, enter, faults } = openRegister(folder);
  const { position } = await enter('somebody');
  await enter('somebody else');
  const walk = store.reader.$client.prepare('select id from users').iterate();
  walk.next();
  await store.close();
  t.match(faults.map(String), [/busy/], 'it is said');
  walk.return?.();
  const again = openRegister(folder);
  t.same(again.names(), ['somebody', 'somebody else']);
  t.ok(Number(readFileSync(join(folder, 'position'), 'utf8')) > position);
  await again.store.close();
  store.reader.$client.close();
});
