/**
 * A database that was put back from a dump, or that a standby went on with, gets a new epoch, and who had it before says
 * nothing more; one that is opened again, or crashed, keeps its own.
 */
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import t from 'tap';
import type { UserRow } from '../../../src/db/rows.ts';
import { runParley } from '../../cli/parley.ts';
import { startServer } from '../../life/server-process.ts';
import { sendChange } from '../../world.ts';
import { migrated, refusalOf, tempFolder } from '../register.ts';
import { moveIn, people, rowsOf, serve } from './house.ts';
import { noPostgres, queried, startPostgres } from './server.ts';

t.setTimeout(240_000);
const skip = { skip: noPostgres };

t.test('an epoch is that of one life', skip, async (t) => {
  const postgres = await startPostgres(t);
  const url = await postgres.database();
  const epochOf = async (at: string) => {
    const logged: string[] = [];
    const { store, close } = await serve(t, at, { log: (text) => logged.push(text) });
    await close();
    t.equal(
      logged.some((text) => text.includes('put back')),
      at !== url,
      'what happened is told',
    );
    return store.epoch;
  };
  const epoch = await epochOf(url);
  t.equal(await epochOf(url), epoch, 'opened again');
  await postgres.crash();
  t.equal(await epochOf(url), epoch, 'after a crash');

  const dumped = spawnSync('pg_dump', ['--dbname', url], { encoding: 'utf8' });
  t.equal(dumped.status, 0, dumped.stderr);
  const copy = await postgres.database();
  const restored = spawnSync('psql', ['--quiet', '--set=ON_ERROR_STOP=1', '--dbname', copy], {
    input: dumped.stdout,
    encoding: 'utf8',
  });
  t.equal(restored.status, 0, restored.stderr);
  t.not(await epochOf(copy), epoch, 'put back from a dump');
});

t.test('who was cut off while a standby took over begins anew, and so do clients', skip, async (t) => {
  const postgres = await startPostgres(t);
  const url = await migrated(await postgres.database());
  const cast = people('user', 'user');
  await moveIn(url, cast);
  const [from, to] = cast as [UserRow, UserRow];
  const other = Promise.withResolvers<Error>();
  const { store, writer, close } = await serve(t, url, { onOther: other.resolve, onError: () => {} });
  const begin = { id: null, ip: null, userAgent: null, context: {} };
  const send = (content: string) => sendChange(from, { user: { uuid: to.uuid } }, content, { beginning: begin });
  await writer.submit(send('both know it'));
  await postgres.takenOver(async () => {
    await writer.submit(send('the standby does not'));
  });
  t.match((await other.promise).message, /is not the one it was/);
  t.match(await refusalOf(writer.submit(send('nobody is to know it'))), { status: 507 });
  const said = await rowsOf<{ content: string }>(url, 'select content from messages');
  t.same(
    said.map(({ content }) => content),
    ['both know it'],
  );
  await close();
  const after = await serve(t, url);
  t.not(after.store.epoch, store.epoch);
  await after.writer.submit(send('it goes on'));
});

t.test('a server whose tables a newer one has changed meanwhile ends', skip, async (t) => {
  const postgres = await startPostgres(t);
  const url = await postgres.database();
  const server = await startServer(t, tempFolder(t), { PARLEY_DATABASE: url, PARLEY_LOG_LEVEL: 'fatal' });
  const ended = once(server.child, 'exit');
  const newer = `insert into parley_migrations (id, name) select max(id) + 1, 'newer' from parley_migrations`;
  await queried(url, async (client) => {
    await client.query(newer);
    await client.query('select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid()');
  });
  t.same(await ended, [1, null]);
  const again = await runParley(['serve'], { PARLEY_DATA: tempFolder(t), PARLEY_PORT: '0', PARLEY_DATABASE: url });
  t.equal(again.code, 4);
  t.match(again.err, /written by a newer Parley/);
});
