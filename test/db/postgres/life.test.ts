/** A database that was put back from a dump gets a new epoch; one that is opened again, or crashed, keeps its own. */
import { spawnSync } from 'node:child_process';
import t from 'tap';
import { serve } from './house.ts';
import { noPostgres, startPostgres } from './server.ts';

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
