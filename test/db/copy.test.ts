/** The copy that a backup begins with. */
import { readFileSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import t from 'tap';
import { copyDatabase } from '../../src/db/copy.ts';
import { isThere, start } from './processes.ts';
import { tempFolder } from './register.ts';

const MIB = 1024 ** 2;
const ROW_BYTES = 3_000;
const ROWS = 12_000;
/** A step, and what the engine holds back until the end. */
const MOST_AT_ONCE = 22 * MIB;
const skip = !isThere('strace') && 'no strace here to see what a copy writes';

t.test(
  'a large copy is never waited for in one go: its steps are on the disk before the next ones',
  { skip },
  async (t) => {
    const folder = realpathSync(tempFolder(t));
    const [from, to, log] = [join(folder, 'from.db'), join(folder, 'to.db'), join(folder, 'calls')];
    const database = new Database(from);
    database.pragma('journal_mode = WAL');
    database.exec('create table texts (text)');
    database.exec(
      `with recursive n(i) as (select 1 union all select i + 1 from n where i < ${ROWS})
     insert into texts select hex(randomblob(${ROW_BYTES / 2})) from n`,
    );
    const calls = 'trace=pwrite64,fsync,fdatasync';
    const script = [process.execPath, join(import.meta.dirname, 'copying-process.ts'), from, to];
    await start(t, 'strace', ['-f', '--seccomp-bpf', '-qq', '-y', '-s', '0', '-e', calls, '-o', log, ...script]).ended;

    let [written, most, all] = [0, 0, 0];
    for (const line of readFileSync(log, 'utf8')
      .split('\n')
      .filter((one) => one.includes(`<${to}>`))) {
      const bytes = Number(/pwrite64\(.*, (\d+), \d+(?:\)| <)/.exec(line)?.[1] ?? 0);
      all += bytes;
      written = bytes === 0 ? 0 : written + bytes;
      most = Math.max(most, written);
    }
    t.ok(all > ROWS * ROW_BYTES, `${Math.round(all / MIB)} MiB were written`);
    t.ok(most <= MOST_AT_ONCE, `${Math.round(most / MIB)} MiB at most between two that wait for the disk`);
    const copy = new Database(to, { readonly: true });
    t.equal(copy.pragma('integrity_check', { simple: true }), 'ok');
    const sums = 'select count(*), total(length(text)), max(text) from texts';
    t.same(copy.prepare(sums).get(), database.prepare(sums).get());
    copy.close();
    database.close();
  },
);

t.test('what was written meanwhile lies in the file afterwards, not in the log alone', async (t) => {
  const folder = realpathSync(tempFolder(t));
  const [from, to] = [join(folder, 'from.db'), join(folder, 'to.db')];
  const server = new Database(from);
  t.teardown(() => server.close());
  server.pragma('journal_mode = WAL');
  // As often as the server: each commit empties what it may.
  server.pragma('wal_autocheckpoint = 1');
  server.exec('create table texts (text)');
  const write = server.prepare('insert into texts values (hex(randomblob(3000)))');
  for (let n = 0; n < 100; n += 1) write.run();
  let during = 0;
  await copyDatabase(from, to, {}, () => {
    during += 1;
    write.run();
  });
  t.ok(during > 1, `${during} were written while it was copied`);
  // What is asked here does nothing more: there is nothing left to move.
  const log = readFileSync(`${from}-wal`);
  const before = readFileSync(from);
  t.match(server.pragma('wal_checkpoint(PASSIVE)'), [{ busy: 0 }]);
  t.ok(before.equals(readFileSync(from)), 'the file is as it was before it was asked');
  t.ok(log.length > 0);
  const copy = new Database(to, { readonly: true });
  t.equal(copy.pragma('integrity_check', { simple: true }), 'ok');
  const held = copy.prepare('select count(*) from texts').pluck().get() as number;
  t.ok(held >= 100 && held < 100 + during, 'one state, of when it began');
  copy.close();
});
