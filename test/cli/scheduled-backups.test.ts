/** Backups that follow one another: when the next is due, what is removed, and what a server tells of them. */
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import t, { type Test } from 'tap';
import { type Backup, makeBackup, nameOf } from '../../src/cli/backup/make-backup.ts';
import { scheduleBackups } from '../../src/cli/backup/scheduled-backups.ts';
import { keptIn, makeNext, seriesOf } from '../../src/cli/backup/series.ts';
import { type Body, callers, startApp } from '../helper.ts';
import { startServer } from '../life/server-process.ts';
import { runParley } from './parley.ts';

t.setTimeout(120_000);

const HOUR_MS = 60 * 60 * 1000;
const DAY_MS = 24 * HOUR_MS;
const BEGIN = Date.parse('2026-03-01T03:00:00.000Z');

/** A data folder whose server has ended, and an empty one for its backups. */
async function folders(t: Test): Promise<{ data: string; to: string; series: string }> {
  const own = t.testdir();
  const data = join(own, 'data');
  const app = await startApp(t, {}, { folder: data });
  await app.stop();
  return { data, to: join(own, 'backups'), series: seriesOf(data) };
}

const job = (data: string, to: string, at: number) => ({
  data,
  to,
  version: '1.0.0',
  now: new Date(at),
  connection: {},
  onProgress: () => {},
});

/** A schedule over real backups, with a clock of the test's. */
function schedule(data: string, to: string, keep: number, everyMs = DAY_MS) {
  const series = seriesOf(data);
  const clock = { now: BEGIN };
  const [made, failures]: [Backup[], string[]] = [[], []];
  const backups = scheduleBackups({
    folder: to,
    series: () => series,
    everyMs,
    make: () => makeNext({ ...job(data, to, clock.now), series, keep }),
    now: () => clock.now,
    onMade: (backup) => made.push(backup),
    onFailure: (error) => failures.push((error as Error).message),
  });
  return { ...backups, clock, made, failures };
}

const namesIn = (folder: string) => readdirSync(folder).sort();

t.test('one is made when it is time, the oldest goes, and a new process goes on where the last one was', async (t) => {
  const { data, to, series } = await folders(t);
  const first = schedule(data, to, 2);
  await first.look();
  await first.look();
  t.equal(first.made.length, 1, 'once');
  t.same(first.state(), {
    lastAt: '2026-03-01T03:00:00.000Z',
    nextAt: '2026-03-02T03:00:00.000Z',
    failure: null,
  });
  first.clock.now = BEGIN + DAY_MS - 1;
  await first.look();
  t.equal(first.made.length, 1);

  const second = schedule(data, to, 2);
  second.clock.now = BEGIN + DAY_MS - 1;
  await second.look();
  t.equal(second.made.length, 0, 'a restart makes none sooner');
  for (const day of [1, 2, 3]) {
    second.clock.now = BEGIN + day * DAY_MS;
    await Promise.all([second.look(), second.look()]);
  }
  t.equal(second.made.length, 3);
  t.same(
    namesIn(to),
    [2, 3].map((day) => nameOf(new Date(BEGIN + day * DAY_MS), series)),
  );
  t.match(await runParley(['check', second.made.at(-1)?.path ?? '']), { code: 0 });
  await second.stop();
  second.clock.now += 9 * DAY_MS;
  await second.look();
  t.equal(second.made.length, 3, 'none is begun after the end');
});

t.test('only what Parley has made for this server is removed', async (t) => {
  const { data, to, series } = await folders(t);
  const stranger = await folders(t);
  const old = nameOf(new Date(BEGIN), series);
  const { path: byHand } = await makeBackup(job(data, to, BEGIN));
  const { path: others } = await makeNext({ ...job(stranger.data, to, BEGIN), series: stranger.series, keep: 1 });
  t.not(stranger.series, series);
  // Of the same name as one of its own, and yet none: no manifest, the manifest of another time, a link, a file.
  mkdirSync(join(to, old));
  writeFileSync(join(to, old, 'notes.txt'), 'mine');
  const copied = nameOf(new Date(BEGIN + 1), series);
  cpSync(byHand, join(to, copied), { recursive: true });
  const linked = nameOf(new Date(BEGIN + 2), series);
  symlinkSync(byHand, join(to, linked));
  writeFileSync(join(to, nameOf(new Date(BEGIN + 3), series)), 'a file');
  writeFileSync(join(to, 'notes.txt'), 'mine');
  // And halves: of this server's series, of another's, by hand.
  const half = `${nameOf(new Date(BEGIN + 4), series)}.partial`;
  const theirs = `${nameOf(new Date(BEGIN + 4), stranger.series)}.partial`;
  for (const name of [half, theirs, 'parley-by-hand.partial']) mkdirSync(join(to, name, 'files'), { recursive: true });
  const before = namesIn(to);

  const next = [1, 2].map((day) => new Date(BEGIN + day * DAY_MS));
  const made: Body[] = [];
  for (const now of next) made.push(await makeNext({ ...job(data, to, now.getTime()), series, keep: 1 }));
  const [first, second] = made;
  t.same(second.removed, [first.path]);
  t.same(
    namesIn(to),
    [...before.filter((name) => name !== half), basename(second.path)].sort(),
    'the half one is gone, and the one before',
  );
  t.equal(readFileSync(join(to, old, 'notes.txt'), 'utf8'), 'mine');
  for (const path of [byHand, others]) t.match(await runParley(['check', path]), { code: 0 });
});

t.test('what fails is told, and tried again within the hour; a half one never counts', async (t) => {
  const { data, to, series } = await folders(t);
  const backups = schedule(data, to, 3);
  writeFileSync(to, 'in the way');
  await backups.look();
  t.match(backups.failures, [/ENOTDIR|EEXIST/]);
  t.match(backups.state(), { lastAt: null, nextAt: '2026-03-01T04:00:00.000Z', failure: backups.failures[0] });
  await backups.look();
  t.equal(backups.failures.length, 1, 'not at once');
  rmSync(to);
  // The power went while one was made, and while one was removed.
  const [half, other] = [nameOf(new Date(BEGIN), series), `${nameOf(new Date(BEGIN + 1), series)}.partial`];
  mkdirSync(join(to, half), { recursive: true });
  mkdirSync(join(to, other));
  backups.clock.now += HOUR_MS;
  await backups.look();
  t.match(backups.state(), { lastAt: '2026-03-01T04:00:00.000Z', failure: null });
  t.same(namesIn(to), [half, nameOf(new Date(BEGIN + HOUR_MS), series)], 'what has no manifest is not ours to judge');

  // The database is damaged: there is no backup of it, and nothing of the try is left.
  const bytes = readFileSync(join(data, 'parley.db'));
  writeFileSync(
    join(data, 'parley.db'),
    Buffer.concat([bytes.subarray(0, 8192), Buffer.alloc(bytes.length - 8192, 1)]),
  );
  backups.clock.now += DAY_MS;
  await backups.look();
  t.match(backups.failures[1], /It would be no backup|malformed|not a database/);
  t.match(backups.state(), { lastAt: '2026-03-01T04:00:00.000Z', failure: backups.failures[1] });
  t.equal(namesIn(to).length, 2);
});

t.test('a clock that was wrong keeps no backup from being made', async (t) => {
  const { data, to, series } = await folders(t);
  const backups = schedule(data, to, 3);
  backups.clock.now = BEGIN + 3650 * DAY_MS;
  await backups.look();
  backups.clock.now = BEGIN;
  await backups.look();
  t.equal(backups.made.length, 2);
  t.equal((await keptIn(to, series)).length, 2);
});

t.test('parley backup --keep', async (t) => {
  const { data, to } = await folders(t);
  for (const wrong of ['0', '1.5'])
    t.match(await runParley(['backup', to, `--keep=${wrong}`], { PARLEY_DATA: data }), {
      code: 2,
      err: /--keep must be/,
    });
  const make = () => runParley(['backup', to, '--keep', '1'], { PARLEY_DATA: data });
  const first = await make();
  const second = await make();
  t.equal(second.code, 0, second.err);
  t.match(second.out, `removed: ${first.out.split('\n')[0]}`);
  t.equal(namesIn(to).length, 1);
  rmSync(join(data, 'secret'));
  t.match(await make(), { code: 4, err: /secret cannot be read/ });
});

t.test('a server makes one at its start, tells of it, and takes none along when it ends', async (t) => {
  const own = t.testdir();
  const [data, to] = [join(own, 'data'), join(own, 'backups')];
  const token = 'a-token-for-prometheus-that-nobody-guesses';
  const settings = { PARLEY_BACKUP_FOLDER: to, PARLEY_METRICS_TOKEN: token };
  const server = await startServer(t, data, settings);
  const admin = await callers(t, server.url).admin();
  const told = async () => (await admin.request('GET', 'server')).body.backups;
  let state = await told();
  while (state.lastAt === null && state.failure === null) state = await told();
  t.match(state, { lastAt: String, nextAt: String, failure: null });
  t.equal(Date.parse(state.nextAt) - Date.parse(state.lastAt), DAY_MS);
  const [path = '', ...more] = namesIn(to);
  t.same(more, []);
  t.match(await runParley(['check', join(to, path)]), { code: 0 });
  const metrics = await fetch(`${server.url}/metrics`, { headers: { authorization: `Bearer ${token}` } });
  const text = await metrics.text();
  t.match(text, /^parley_backup_ok 1$/m);
  t.equal(Number(/^parley_backup_timestamp_seconds (.+)$/m.exec(text)?.[1]) * 1000, Date.parse(state.lastAt));
  t.same(await server.end('SIGTERM'), [0, null]);

  // Told to stop while it makes one: it ends in order, and what there is, is whole.
  rmSync(to, { recursive: true });
  const again = await startServer(t, data, settings);
  t.same(await again.end('SIGTERM'), [0, null]);
  const left = existsSync(to) ? namesIn(to) : [];
  for (const name of left.filter((name) => !name.endsWith('.partial')))
    t.match(await runParley(['check', join(to, name)]), { code: 0 });
});

t.test('where none are wanted, nothing is told of them', async (t) => {
  const app = await startApp(t);
  t.equal((await (await app.admin()).request('GET', 'server')).body.backups, null);
});
