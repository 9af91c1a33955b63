/** Work of one name, which one of all servers does at a time. */
import t from 'tap';
import { shareDatabase } from '../../../src/db/postgres/connect.ts';
import { Exclusively } from '../../../src/db/postgres/exclusively.ts';
import { noPostgres, queried, startPostgres } from './server.ts';

const postgres = noPostgres ? null : await startPostgres(t);
const newDatabase = async () => (await postgres?.database()) ?? '';

/** Something that is waited for until somebody says so. */
function gate() {
  let open = () => {};
  const passed = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { passed, open };
}

/** Asks PostgreSQL until so many wait for a lock. */
async function untilWaiting(url: string, count: number): Promise<void> {
  await queried(url, async (client) => {
    const waiting = async () =>
      (await client.query(`select count(*)::int as n from pg_locks where locktype = 'advisory' and not granted`))
        .rows[0].n;
    while ((await waiting()) !== count) await new Promise((resolve) => setImmediate(resolve));
  });
}

t.test('two servers take turns at one name, and work beside each other at others', { skip: noPostgres }, async (t) => {
  const url = await newDatabase();
  const servers = [1, 2].map(
    () => new Exclusively({ url, admit: shareDatabase, onError: (error) => t.fail(String(error)) }),
  );
  t.teardown(() => Promise.all(servers.map((server) => server.close())));
  const [one, other] = servers as [Exclusively, Exclusively];
  const [begun, end] = [gate(), gate()];
  const done: string[] = [];
  const first = one.run('file', async () => {
    begun.open();
    await end.passed;
    done.push('first');
  });
  await begun.passed;
  const second = other.run('file', async () => done.push('second'));
  await untilWaiting(url, 1);
  await other.run('another file', async () => done.push('beside'));
  t.same(done, ['beside']);
  end.open();
  await Promise.all([first, second]);
  t.same(done, ['beside', 'first', 'second']);

  await t.rejects(
    one.run('file', () => Promise.reject(new Error('failed'))),
    { message: 'failed' },
  );
  t.equal(await other.run('file', async () => 'goes on'), 'goes on');
});

t.test('a server whose connection ends holds up nobody', { skip: noPostgres }, async (t) => {
  const url = await newDatabase();
  const to = { url, admit: shareDatabase, onError: () => {} };
  const [one, other] = [new Exclusively(to), new Exclusively(to)];
  t.teardown(() => Promise.all([one.close(), other.close()]));
  const [begun, end] = [gate(), gate()];
  const first = one.run('file', async () => {
    begun.open();
    await end.passed;
  });
  await begun.passed;
  const second = other.run('file', async () => 'taken over');
  await untilWaiting(url, 1);
  await queried(url, (client) =>
    client.query(
      `select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and granted and objsubid = 2`,
    ),
  );
  t.equal(await second, 'taken over');
  end.open();
  await first;
  t.equal(await one.run('file', async () => 'over a new one'), 'over a new one');
});
