/** The copy that a backup begins with. */
import { readFileSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import t from 'tap';
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
