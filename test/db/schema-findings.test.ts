/** What `parley check` says of tables that are not as Parley made them, which SQLite itself reads over. */
import { join } from 'node:path';
import Database from 'better-sqlite3';
import t, { type Test } from 'tap';
import { inspectWhole } from '../../src/db/findings.ts';
import { migrations } from '../../src/db/migrations.ts';
import { startApp } from '../helper.ts';
import { layRelease } from './releases/release.ts';

function toldAfter(t: Test, file: string, sql: string): string[] {
  const database = new Database(file);
  // The driver keeps the schema from being written by hand unless it is told otherwise.
  database.unsafeMode(true);
  database.pragma('writable_schema = ON');
  t.equal(database.prepare(sql).run().changes, 1);
  database.close();
  return inspectWhole(file).findings.map(({ what }) => what.replace(file, 'FILE'));
}

t.test('a table whose name has another letter, which SQLite takes for the same', async (t) => {
  const app = await startApp(t);
  await app.stop();
  const file = join(app.folder, 'parley.db');
  t.same(inspectWhole(file).findings, [], 'what a server has made is as it was made');
  t.same(toldAfter(t, file, "update sqlite_schema set name = 'Tags', tbl_name = 'Tags' where name = 'tags'"), [
    'FILE is damaged: tags is not what Parley has made, or is missing',
  ]);
});

t.test('a search index of an engine that is not there, of this version and of one before', async (t) => {
  const app = await startApp(t);
  await app.stop();
  const before = t.testdir();
  layRelease(migrations.at(-1)?.name ?? '', before);
  for (const folder of [app.folder, before]) {
    const file = join(folder, 'parley.db');
    t.same(inspectWhole(file).findings, []);
    t.match(toldAfter(t, file, "update sqlite_schema set sql = replace(sql, 'fts5', 'fts6') where name = 'search'"), [
      /search is not what Parley has made|no such module/,
    ]);
  }
});

t.test('every release is as it was made', async (t) => {
  for (const { name } of migrations) {
    const folder = t.testdir();
    layRelease(name, folder);
    t.same(inspectWhole(join(folder, 'parley.db')).findings, [], name);
  }
});
