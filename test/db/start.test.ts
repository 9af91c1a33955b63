import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import t, { type Test } from 'tap';
import { APPLICATION_ID } from '../../src/db/migrate.ts';
import { migrations } from '../../src/db/migrations.ts';
import type { StartError } from '../../src/db/start-error.ts';
import { isRoot, isThere, startScript } from './processes.ts';
import { openRegister, tempFolder } from './register.ts';

/** A folder in which Parley ran and stopped in order, with enough rows that pages of every kind are there. */
async function usedFolder(t: Test): Promise<{ folder: string; file: string }> {
  const folder = tempFolder(t);
  const { store, enter } = openRegister(folder);
  await Promise.all(Array.from({ length: 300 }, (_, index) => enter(`name ${index} ${'x'.repeat(200)}`)));
  await store.close();
  return { folder, file: join(folder, 'parley.db') };
}

/** Every file of the database by what is in it; what only says who holds the folder is left out. */
function contents(folder: string): Record<string, string> {
  const names = readdirSync(folder).filter((name) => !['parley.lock', 'parley.pid', 'parley.db-shm'].includes(name));
  return Object.fromEntries(
    names.map((name) => {
      const path = join(folder, name);
      if (statSync(path).isDirectory()) return [name, `folder of ${readdirSync(path).length}`];
      return [name, createHash('sha256').update(readFileSync(path)).digest('hex')];
    }),
  );
}

function change(file: string, at: number, bytes: Buffer): void {
  const whole = readFileSync(file);
  bytes.copy(whole, at);
  writeFileSync(file, whole);
}

/** Fails unless the start is refused in one sentence like `pattern`, and nothing was changed. */
function refuses(t: Test, folder: string, pattern: RegExp): void {
  const before = contents(folder);
  const error = t.throws(() => openRegister(folder), { name: 'StartError' }) as StartError;
  t.match(error.message, pattern);
  t.notMatch(error.message, /\n/, 'one line');
  t.match(error.message, folder, 'it says where');
  t.same(contents(folder), before, 'nothing was changed');
}

const HEADER = Buffer.from('SQLite format 3\0');

/** What can lie where the database should, made from a whole one. */
const found: [what: string, make: (file: string) => unknown, told: RegExp][] = [
  [
    'a corrupt header',
    (file) => change(file, 0, Buffer.from('no SQLite here!!')),
    /cannot be read.*not a database.*backup/,
  ],
  // The header of a table's page: what follows is taken for something else.
  ['a flipped page', (file) => change(file, 5 * 4096, Buffer.alloc(8, 0xff)), /damaged.*backup/],
  [
    'half of a file',
    (file) => truncateSync(file, Math.floor(statSync(file).size / 8192) * 4096),
    /(damaged|cannot be read).*backup/,
  ],
  ['the header alone', (file) => truncateSync(file, 100), /(damaged|cannot be read).*backup/],
  ['a file of length zero', (file) => truncateSync(file, 0), /is empty.*backup/],
  [
    'a folder',
    (file) => {
      rmSync(file);
      mkdirSync(file);
    },
    /is not a file/,
  ],
  ['a text file', (file) => writeFileSync(file, 'Dear diary, '.repeat(1000)), /cannot be read.*not a database/],
  [
    'the log of a later file',
    (file) => leaveLaterLog(file),
    /damaged \(.*page.*\): restore a backup, and take away .*-wal/,
  ],
  [
    "another application's file",
    (file) => sqliteFile(file, ['create table notes (text)', 'pragma application_id = 7']),
    /not a Parley database/,
  ],
  [
    "another application's file without a name",
    (file) => sqliteFile(file, ['create table notes (text)']),
    /not a Parley database/,
  ],
  [
    "another application's file without a table",
    (file) => sqliteFile(file, ['pragma application_id = 7']),
    /not a Parley database/,
  ],
  [
    'the file of a newer Parley',
    (file) => makeNewer(file),
    /newer Parley \(schema 1000, this one knows \d+\): start that one/,
  ],
];

function sqliteFile(file: string, statements: readonly string[]): void {
  rmSync(file);
  const database = new Database(file);
  for (const statement of statements) database.exec(statement);
  database.close();
}

function makeNewer(file: string): void {
  const database = new Database(file);
  database.exec('alter table users add column shoe_size integer');
  database.pragma('user_version = 1000');
  database.close();
}

/** Somebody put a backup in the place of a file that was written to since, and left the log of that beside it. */
function leaveLaterLog(file: string): void {
  copyFileSync(file, `${file}.backup`);
  const database = new Database(file);
  const enter = database.prepare(
    `insert into users (uuid, role, anonymous, name, fields, created_at)
     values (hex(randomblob(16)), 'user', 1, hex(randomblob(100)), '{}', 0)`,
  );
  const enterMany = () => Array.from({ length: 200 }, () => enter.run());
  enterMany();
  database.pragma('wal_checkpoint(TRUNCATE)');
  enterMany();
  copyFileSync(`${file}-wal`, `${file}.log`);
  database.close();
  renameSync(`${file}.backup`, file);
  renameSync(`${file}.log`, `${file}-wal`);
}

for (const [what, make, told] of found) {
  t.test(`${what} stops the start and stays as it is`, async (t) => {
    const { folder, file } = await usedFolder(t);
    make(file);
    refuses(t, folder, told);
  });
}

t.test('after a refused start the folder is free', async (t) => {
  const { folder, file } = await usedFolder(t);
  const whole = readFileSync(file);
  truncateSync(file, 0);
  t.throws(() => openRegister(folder), { name: 'StartError' });
  writeFileSync(file, whole);
  const { store, names } = openRegister(folder);
  t.equal(names().length, 300);
  await store.close();
});

t.test('a folder that cannot be made or is a file is told', async (t) => {
  const file = join(tempFolder(t), 'file');
  writeFileSync(file, '');
  t.throws(() => openRegister(file), { name: 'StartError', message: `The data folder ${file} cannot be written to` });
  t.throws(() => openRegister(join(file, 'data')), {
    name: 'StartError',
    message: /data folder .* cannot be written to/,
  });
});

const noOther = isRoot && !isThere('setpriv') && 'no setpriv here to become another user with';
t.test('a folder without write permission stops the start and stays as it is', { skip: noOther }, async (t) => {
  const { folder } = await usedFolder(t);
  const before = contents(folder);
  chmodSync(folder, 0o555);
  t.teardown(() => chmodSync(folder, 0o755));
  const script = [process.execPath, join(import.meta.dirname, 'opening-process.ts'), folder];
  // Root writes everywhere: somebody else has to try.
  const command = isRoot ? ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', '--', ...script] : script;
  const { stdout } = spawnSync(command[0] as string, command.slice(1), { encoding: 'utf8' });
  t.match(stdout, /^The data folder .* cannot be written to \(EACCES.*\)\.\n$/);
  t.same(contents(folder), before);
});

t.test('a second process is told who holds the folder, and a killed one leaves nothing to unlock', async (t) => {
  const folder = tempFolder(t);
  const first = startScript(t, 'opening-process.ts', folder);
  t.equal(await first.line(), 'open');

  const second = startScript(t, 'opening-process.ts', folder);
  t.equal(
    await second.line(),
    `The data folder ${folder} is in use by another Parley (process ${first.child.pid}): stop that one first.`,
  );
  t.same(await second.ended, [0, null]);

  await first.kill('SIGKILL');
  const third = startScript(t, 'opening-process.ts', folder);
  t.equal(await third.line(), 'open');
  t.ok(existsSync(join(folder, 'parley.db')));
});

t.test('the same process opens a folder once', async (t) => {
  const folder = tempFolder(t);
  const { store } = openRegister(folder);
  t.throws(() => openRegister(folder), { message: `in use by another Parley (process ${process.pid})` });
  await store.close();
  await openRegister(folder).store.close();
});

t.test('a new file says whose it is, and which schema it has', async (t) => {
  const { file } = await usedFolder(t);
  t.same(readFileSync(file).subarray(0, 16), HEADER);
  const database = new Database(file, { readonly: true });
  t.equal(database.pragma('application_id', { simple: true }), APPLICATION_ID);
  t.equal(database.pragma('user_version', { simple: true }), migrations.at(-1)?.id);
  database.close();
});
