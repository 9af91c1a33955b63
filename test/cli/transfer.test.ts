/** `parley migrate --from … --to …`, as it is called: what a release has left goes to PostgreSQL and comes back. */
import { cpSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import t from 'tap';
import { migrations } from '../../src/db/migrations.ts';
import { columnsOf, everything, over } from '../db/all-rows.ts';
import { noPostgres, startPostgres } from '../db/postgres/server.ts';
import { tempFolder } from '../db/register.ts';
import { layRelease } from '../db/releases/release.ts';
import { startApp } from '../helper.ts';
import { runParley, spawnParley } from './parley.ts';

t.setTimeout(240_000);

const newest = migrations.at(-1)?.name ?? '';
const move = (from: string, to: string, ...more: string[]) =>
  runParley(['migrate', '--from', from, '--to', to, ...more]);

t.test('a server goes on with what went to PostgreSQL and came back', { skip: noPostgres }, async (t) => {
  const postgres = await startPostgres(t);
  const folder = tempFolder(t);
  const { at, asked } = layRelease(newest, folder);
  const url = await postgres.database();
  const before = over(join(folder, 'parley.db'), everything);

  const child = spawnParley(['migrate', '--from', `sqlite:${folder}`, '--to', url]);
  const ended = new Promise((resolve) => child.on('close', (_, signal) => resolve(signal)));
  child.stdout?.resume();
  if (child.stderr === null) throw new Error('it has no standard error');
  for await (const line of createInterface({ input: child.stderr })) {
    if (line === 'comparing') child.kill('SIGKILL');
  }
  t.equal(await ended, 'SIGKILL');
  const reading = `${url}&options=${encodeURIComponent('-c default_transaction_read_only=on')}`;
  t.match(await move(`sqlite:${folder}`, reading), {
    code: 4,
    err: /did not come to its end \(.*read-only transaction\)/,
  });
  const again = await move(`sqlite:${folder}`, url.replace('postgres@', 'postgres:hush@'));
  t.match(again, { code: 0, err: 'copying\ncomparing\nindexing\n' });
  t.match(
    again.out,
    /^([\d,]+) rows of .* are in postgres:\/\/localhost\/parley1, read back and found the same\n\1 rows of/,
  );
  t.notMatch(again.out + again.err, 'hush');

  const back = join(tempFolder(t), 'data');
  const { code, out, err } = await move(url, `sqlite:${back}`, '--json');
  t.same([code, err], [0, '']);
  t.match(JSON.parse(out), { from: 'postgres://localhost/parley1', to: back, before: 0, replaced: 0 });
  cpSync(join(folder, 'secret'), join(back, 'secret'));
  t.match(await runParley(['check'], { PARLEY_DATA: back }), { code: 0 });
  for (const data of [folder, back]) {
    const after = over(join(data, 'parley.db'), everything);
    for (const [table, rows] of before) {
      if (!table.startsWith('search')) t.same(columnsOf(after.get(table) ?? [], rows), columnsOf(rows, rows), table);
    }
  }
  const app = await startApp(t, {}, { folder: back, now: () => at });
  t.ok(asked.length > 30);
  for (const { token, path, answer } of asked) {
    const { status, body } = await app.request('GET', path, undefined, token);
    t.same([status, body], [200, answer], path);
  }
});

t.test('what is said wrongly is told, and nothing is done', async (t) => {
  const folder = join(tempFolder(t), 'data');
  const told = async (...args: string[]) => {
    const { code, out, err } = await runParley(['migrate', ...args]);
    t.same([code, out], [2, ''], args.join(' '));
    return err;
  };
  const [here, there] = [`sqlite:${folder}`, 'postgres://localhost/parley'];
  t.match(await told('--from', here), /--from and --to go together/);
  t.match(await told('--to', there), /--from and --to go together/);
  t.match(await told('--from', here, '--to', `${here}2`), /one of --from and --to is sqlite:<data folder>/);
  t.match(await told('--from', there, '--to', there), /one of --from and --to is sqlite:<data folder>/);
  t.match(await told('--from', 'mysql://x', '--to', here), /--from must be sqlite:<data folder> or postgres:/);
  t.match(await told('--from', 'sqlite:', '--to', there), /--from must be sqlite:<data folder>/);
  t.match(await told('--from', here, '--to', there, '--new-epoch'), /--new-epoch is for a database that stays/);
  t.match(await move(here, there), { code: 4, err: /There is no database in/ });
  t.match(await move('postgres://nobody@127.0.0.1:1/none', here), { code: 4, err: /none on 127.0.0.1 cannot be used/ });
  t.notOk(existsSync(folder));
});
