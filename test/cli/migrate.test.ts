/** `parley migrate` over what each release has left: what it tells is what it did. */
import { existsSync, globSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { migrations } from '../../src/db/migrations.ts';
import { columnsOf, everything, over } from '../db/all-rows.ts';
import { layRelease } from '../db/releases/release.ts';
import { startApp } from '../helper.ts';
import { runParley } from './parley.ts';

t.setTimeout(240_000);

const newest = migrations.at(-1);
const schemaOf = (file: string) => over(file, (database) => database.pragma('user_version', { simple: true }));

for (const { id, name } of migrations) {
  t.test(`what ${name} left`, async (t) => {
    const folder = join(t.testdir(), 'data');
    mkdirSync(folder);
    const { at, asked } = layRelease(name, folder);
    const file = join(folder, 'parley.db');
    const before = over(file, everything);
    const migrate = (...args: string[]) => runParley(['migrate', ...args], { PARLEY_DATA: folder });

    const { code, out, err } = await migrate('--json');
    t.same([code, err], [0, '']);
    const { copy, ...told } = JSON.parse(out);
    t.same(told, { from: id, to: newest?.id, newEpoch: false });
    t.equal(schemaOf(file), newest?.id);
    const after = over(file, (database) => {
      t.equal(database.pragma('integrity_check', { simple: true }), 'ok');
      t.same(database.pragma('foreign_key_check'), []);
      return everything(database);
    });
    for (const [table, rows] of before) t.same(columnsOf(after.get(table) ?? [], rows), columnsOf(rows, rows), table);

    t.same(globSync('backups/*', { cwd: folder }).length, id === newest?.id ? 0 : 1);
    if (id === newest?.id) t.equal(copy, null, 'nothing to keep');
    else {
      t.equal(schemaOf(copy), id, 'the copy is of the old one');
      t.same(over(copy, everything), before, 'and whole');
    }
    t.match(await migrate(), { code: 0, out: `up to date: schema ${newest?.id}\n` }, 'and once is enough');

    const app = await startApp(t, {}, { folder, now: () => at });
    const [{ token = '', path = '' } = {}] = asked;
    t.equal((await app.request('GET', path, undefined, token)).status, 200, 'the server goes on with it');
  });
}

t.test('what it may not touch stays as it is', async (t) => {
  const folder = join(t.testdir(), 'data');
  const migrate = () => runParley(['migrate'], { PARLEY_DATA: folder });
  t.match(await migrate(), { code: 4, err: /There is no database/ });
  t.notOk(existsSync(folder), 'nor is one made');
  mkdirSync(folder);
  layRelease(newest?.name ?? '', folder);
  const file = join(folder, 'parley.db');
  over(file, (database) => database.pragma('user_version = 999'));
  t.match(await migrate(), { code: 4, err: /written by a newer Parley \(schema 999/ });
  t.equal(schemaOf(file), 999);
});
