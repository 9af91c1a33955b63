/** Parameters that SQLite would plan anew for are behind a sign, and mean what they meant. */
import Database from 'better-sqlite3';
import t from 'tap';
import { withStablePlans } from '../../src/db/stable-plans.ts';

const bare = new Database(':memory:');
const stable = withStablePlans(new Database(':memory:'));
t.teardown(() => {
  bare.close();
  stable.close();
});

for (const database of [bare, stable]) {
  database.exec('create table things (id integer primary key, name text, size integer, bytes blob) strict');
  database.exec('create index things_name on things (name)');
  const insert = database.prepare('insert into things (name, size, bytes) values (?, ?, ?)');
  for (let size = 0; size < 20; size += 1) insert.run(`0${size}`, size, Buffer.from([size]));
  database.prepare('update things set name = ? where size = ?').run('12e0', 12);
}

t.test('where a value is compared or counts, the statement has a sign before it', async (t) => {
  const { source } = stable.prepare('select id from things where name = ? and size > ? limit ? offset ?');
  t.equal(source, 'select id from things where name = +? and size > ? limit +? offset +?');
});

t.test('what is found is what would be found without, whatever the type', async (t) => {
  const queries: [string, ...unknown[]][] = [
    ['select * from things where name = ?', '05'],
    ['select * from things where name = ?', 5],
    ['select * from things where name = ?', '12e0'],
    ['select * from things where size = ?', '7'],
    ['select * from things where bytes = ?', Buffer.from([9])],
    ['select * from things where name = ?', null],
    ['select * from things where size >= ? order by id limit ? offset ?', 3, 4, 2],
  ];
  for (const [sql, ...given] of queries) {
    t.same(stable.prepare(sql).all(...given), bare.prepare(sql).all(...given), `${sql}: ${String(given)}`);
  }
});

t.test('an index is still used', async (t) => {
  const plan = stable.prepare('explain query plan select id from things where name = ?').all('x') as {
    detail: string;
  }[];
  t.match(plan[0]?.detail, /USING COVERING INDEX things_name/);
});
