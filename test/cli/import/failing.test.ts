/** Imports whose threads fail, whose disk is full, and that are never run again. */
import { once } from 'node:events';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import Database from 'better-sqlite3';
import t from 'tap';
import { batchesOf } from '../../../src/cli/import/reading.ts';
import { IndexAside } from '../../../src/db/index-aside.ts';
import { smallDisk } from '../../db/small-disk.ts';
import { runParley, spawnParley } from '../parley.ts';
import { importing, jsonLines } from './bring-in.ts';

t.setTimeout(300_000);

const COUNT = 30_000;
const MEGABYTE = 1024 ** 2;
/** Enough for a thread. */
const LARGE = 64 * MEGABYTE;

const source = (name: string) => new URL(`../../../src/${name}`, import.meta.url);
const leftOver = (folder: string) => readdirSync(folder).filter((name) => name.includes('in-progress'));
const rows = Array.from({ length: COUNT }, (_, index) => ({
  _id: String(index),
  content: `message ${index} with some words behind it`,
  timestamp: 1_735_725_600_000 + index,
  sessionId: `call-${index % 7}`,
  senderId: `user-${index % 11}`,
}));

t.test('what goes wrong in the thread that reads is told to who waits for it', async (t) => {
  const names = { tables: new Map(), maps: new Map() };
  const read = async (file: string) => {
    const files = [{ path: file, table: 'messages', form: 'json' as const }];
    const thread = { file: source('cli/import/rows-thread.ts') };
    let messages = 0;
    for await (const batch of batchesOf({ files, format: '001', names }, LARGE, thread))
      messages += batch.messages.length;
    return messages;
  };
  const file = join(t.testdir(), 'ChatMessage.json');
  writeFileSync(file, jsonLines(rows.slice(0, 100)));
  t.equal(await read(file), 100);
  // It was there when the import began.
  await t.rejects(read(`${file}.gone`), { code: 'ENOENT' });
});

t.test('what goes wrong in the thread that indexes is told at the end, and leaves no file', async (t) => {
  const folder = t.testdir();
  const database = new Database(':memory:');
  t.teardown(() => database.close());
  // There is no database to be read in it.
  const index = new IndexAside(folder, { file: source('db/index-thread.ts') }, {});
  index.follow(1);
  await t.rejects(index.takeOver(database, 1), /unable to open database file/);
  await index.close();
  t.same(leftOver(folder), []);
});

t.test(
  'on a full disk it ends with a sentence and leaves nothing half, and with room it is run to its end',
  async (t) => {
    const disk = smallDisk(t, 96);
    if (typeof disk === 'string') return void t.pass('needs a small disk', { skip: disk });
    const file = join(t.testdir(), 'ChatMessage.json');
    writeFileSync(file, jsonLines(rows));
    const data = join(disk.folder, 'data');
    mkdirSync(data);
    const run = () => runParley(['import', file, '--from', '001', '--data', data, '--json']);
    // At first there is no room to put it in order, then none to lay it down or to index it.
    let full = 0;
    for (let megabytes = 3; ; megabytes += 4) {
      disk.fill(megabytes * MEGABYTE);
      const { code, out, err } = await run();
      t.same(leftOver(data), []);
      disk.empty();
      if (code === 0) {
        const { messages, already } = JSON.parse(out);
        t.equal(messages + already, COUNT);
        break;
      }
      t.equal(code, 1, `${megabytes} MiB`);
      t.match(err, /Parley cannot go on: database or disk is full/);
      full += 1;
    }
    t.ok(full > 1, `${full} times the disk was full`);
    const check = await runParley(['check', '--data', data, '--json']);
    t.same(
      JSON.parse(check.out).findings.filter(({ what }: { what: string }) => !/secret|left on the disk/.test(what)),
      [],
    );
  },
);

t.test('of one that was killed nothing lies about once a server has started', async (t) => {
  const killed = importing(t);
  const file = join(killed.source, 'ChatMessage.json');
  writeFileSync(file, jsonLines(rows));
  const child = spawnParley(['import', file, '--from', '001', '--data', killed.data]);
  if (child.stderr === null) throw new Error('it has no standard error');
  for await (const line of createInterface({ input: child.stderr })) if (line === 'writing') child.kill('SIGKILL');
  await once(child, 'close').catch(() => {});
  // The index is made meanwhile: whether it had been begun is chance.
  writeFileSync(join(killed.data, 'index-in-progress.db'), '');
  t.ok(leftOver(killed.data).includes('import-in-progress.db'));
  await killed.serve();
  t.same(leftOver(killed.data), []);
});
