import { copyFileSync, existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import t, { type Test } from 'tap';
import { APPLICATION_ID, type Migration, migrate } from '../../src/db/migrate.ts';
import { migrations } from '../../src/db/migrations.ts';
import { columnsOf, everything, over } from './all-rows.ts';
import { startScript } from './processes.ts';
import { integrity, openRegister, register, tempFolder } from './register.ts';

const newest = migrations.at(-1)?.id ?? 0;

/** The rows that were written down when that schema was the newest: one file a migration, named like it. */
function rowsOf(migration: Migration): string {
  return readFileSync(join(import.meta.dirname, 'rows', `${migration.name}.sql`), 'utf8');
}

/** A file of that schema with the rows of its time in it. */
function oldFile(t: Test, migration: Migration): { folder: string; file: string } {
  const folder = tempFolder(t);
  const file = join(folder, 'parley.db');
  over(file, (database) => {
    migrate(
      database,
      folder,
      migrations.filter(({ id }) => id <= migration.id),
    );
    database.exec(rowsOf(migration));
  });
  return { folder, file };
}

t.test('there are rows for every schema that was ever released', async (t) => {
  t.same(
    globSync('*.sql', { cwd: join(import.meta.dirname, 'rows') }).sort(),
    migrations.map(({ name }) => `${name}.sql`),
  );
});

for (const migration of migrations) {
  t.test(`a file of schema ${migration.id} opens with every row it had`, async (t) => {
    const { folder, file } = oldFile(t, migration);
    const before = over(file, everything);
    t.same(
      [...before].filter(([, rows]) => rows.length === 0),
      [],
      'no table is empty',
    );

    const opened = register(t, { folder });
    t.same(integrity(opened), ['ok', []]);
    const client = opened.store.reader.$client;
    t.equal(client.pragma('user_version', { simple: true }), newest);
    const after = everything(client);
    for (const [table, rows] of before) {
      t.same(columnsOf(after.get(table) ?? [], rows), columnsOf(rows, rows), table);
    }
    await opened.enter('and it takes new ones');
    t.equal(existsSync(join(folder, 'backups')), migration.id !== newest);
  });
}

/** A parent and its children, who go with it. */
const family: Migration = {
  id: 1,
  name: 'family',
  sql: [
    'create table parents (id integer primary key, name text not null) strict',
    `create table children (
      id integer primary key, parent integer not null references parents (id) on delete cascade) strict`,
  ],
};

/** As the generator writes it when a column's type changes: the pragmas do nothing inside a transaction. */
const rebuild: Migration = {
  id: 2,
  name: 'rebuild',
  sql: [
    'PRAGMA foreign_keys=OFF',
    'create table __new_parents (id integer primary key, name text not null, shoe_size integer) strict',
    'insert into __new_parents (id, name) select id, name from parents',
    'drop table parents',
    'alter table __new_parents rename to parents',
    'PRAGMA foreign_keys=ON',
  ],
};

function familyFile(t: Test): { folder: string; file: string } {
  const folder = tempFolder(t);
  const file = join(folder, 'family.db');
  over(file, (database) => {
    t.equal(migrate(database, folder, [family]), null, 'nothing to keep of a new file');
    database.exec(
      "insert into parents values (1, 'Ann'), (2, 'Ben'); insert into children values (11, 1), (12, 1), (13, 2)",
    );
  });
  return { folder, file };
}

t.test('rebuilding a table keeps the rows that refer to it', async (t) => {
  const { folder, file } = familyFile(t);
  const kept = over(file, (database) => {
    const kept = migrate(database, folder, [family, rebuild]);
    t.equal(database.pragma('foreign_keys', { simple: true }), 1, 'references are watched again');
    t.equal(database.pragma('user_version', { simple: true }), 2);
    t.equal(database.pragma('application_id', { simple: true }), APPLICATION_ID);
    t.same(database.prepare('select id, parent from children').raw().all(), [
      [11, 1],
      [12, 1],
      [13, 2],
    ]);
    t.same(database.prepare('select id, name from parents').raw().all(), [
      [1, 'Ann'],
      [2, 'Ben'],
    ]);
    return kept;
  });
  t.match(kept, join(folder, 'backups', 'before-migration-from-1-'));
  const copy = new Database(kept as string, { readonly: true });
  t.equal(copy.pragma('user_version', { simple: true }), 1);
  t.equal(copy.prepare('select count(*) from children').pluck().get(), 3);
  copy.close();
  t.equal(
    over(file, (database) => migrate(database, folder, [family, rebuild])),
    null,
    'and there is nothing more to do',
  );
});

const bad: [what: string, sql: string[], told: RegExp][] = [
  ['loses rows', ['delete from children where id = 13'], /Migration "bad" would lose 1 rows of children/],
  ['drops a table with rows', ['drop table children'], /Migration "bad" would lose 3 rows of children/],
  ['leaves rows that refer to nothing', ['update children set parent = 9 where id = 11'], /rows that refer to nothing/],
  [
    'fails in the middle',
    ['alter table parents add column hat text', 'alter table hats add column size integer'],
    /Migration "bad" failed \(no such table: hats\): the database is as it was/,
  ],
];

for (const [what, sql, told] of bad) {
  t.test(`a migration that ${what} is refused and undone`, async (t) => {
    const { folder, file } = familyFile(t);
    const before = over(file, everything);
    over(file, (database) => {
      const change = () => migrate(database, folder, [family, rebuild, { id: 3, name: 'bad', sql }]);
      t.throws(change, { name: 'StartError', message: told });
      t.equal(database.inTransaction, false);
      t.equal(database.pragma('foreign_keys', { simple: true }), 1);
      t.equal(database.pragma('user_version', { simple: true }), 1);
      t.same(everything(database), before);
    });
  });
}

t.test('a migration that cannot keep a copy changes nothing', async (t) => {
  const { folder, file } = familyFile(t);
  copyFileSync(file, join(folder, 'backups'));
  over(file, (database) => {
    t.throws(() => migrate(database, folder, [family, rebuild]), {
      name: 'StartError',
      message: /No copy could be kept/,
    });
    t.equal(database.pragma('user_version', { simple: true }), 1);
  });
});

t.test('a migration that is killed in the middle leaves the old version', async (t) => {
  const folder = tempFolder(t);
  const file = join(folder, 'parley.db');
  const { enter, store } = openRegister(folder);
  await Promise.all(['a', 'b', 'c'].map((name) => enter(name)));
  await store.close();

  const migrating = startScript(t, 'migrating-process.ts', file, folder);
  t.equal(await migrating.line(), 'halfway');
  await migrating.kill('SIGKILL');

  const { store: after, names } = register(t, { folder });
  t.same(names(), ['a', 'b', 'c']);
  t.equal(after.reader.$client.pragma('user_version', { simple: true }), newest);
  t.equal(after.epoch, store.epoch);
});
