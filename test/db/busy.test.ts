import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import Database from 'better-sqlite3';
import t, { type Test } from 'tap';
import { startScript } from './processes.ts';
import { integrity, type Register, refusalOf, register, tempFolder } from './register.ts';

/**
 * Longer than this the loop may not stand still, whoever holds the file. The driver's own wait would be 5 s, ours ends
 * after 25 ms; a busy machine adds to what is measured.
 */
const STALL_MS = 500;

/** A register whose file another process holds. */
async function heldRegister(t: Test): Promise<Register & { letGo(): Promise<void> }> {
  const folder = tempFolder(t);
  const opened = register(t, { folder });
  await opened.enter('before');
  const holder = startScript(t, 'locking-process.ts', join(folder, 'parley.db'));
  t.equal(await holder.line(), 'held');
  const letGo = async () => {
    holder.child.stdin?.write('go\n');
    t.equal(await holder.line(), 'gone');
  };
  return { ...opened, letGo };
}

/** Resolves when the writer has met the lock `times` times, told by how often it asked for its transaction. */
function refusedBy(opened: Register, times: number): Promise<void> {
  const connection = opened.writer.connection;
  const exec = connection.exec.bind(connection);
  return new Promise((resolve) => {
    let met = 0;
    connection.exec = (source) => {
      try {
        return exec(source);
      } catch (error) {
        met += 1;
        if (met === times) resolve();
        throw error;
      }
    };
  });
}

t.test('what is sent while another process holds the file is delayed, and not lost', async (t) => {
  const opened = await heldRegister(t);
  const delay = monitorEventLoopDelay({ resolution: 5 });
  delay.enable();
  const met = refusedBy(opened, 2);
  const pending = ['a', 'b'].map((name) => opened.enter(name));
  await met;
  pending.push(opened.enter('c'));
  t.same(opened.names(), ['before'], 'readings go on');
  await opened.letGo();
  t.match(await Promise.all(pending), [{ name: 'a' }, { name: 'b' }, { name: 'c' }]);
  delay.disable();
  t.same(opened.names(), ['before', 'a', 'b', 'c']);
  t.same(opened.batches, [1, 3]);
  t.same(opened.faults, []);
  t.ok(delay.max / 1e6 <= STALL_MS, `the loop stood still for ${(delay.max / 1e6).toFixed()} ms at most`);
});

t.test('what waited too long is told to try again, and is not written later', async (t) => {
  const opened = await heldRegister(t);
  const delay = monitorEventLoopDelay({ resolution: 5 });
  delay.enable();
  const refused = await refusalOf(opened.enter('a'));
  delay.disable();
  t.match(refused, { code: 'OVERLOADED', retryMs: 1000 });
  t.ok(delay.max / 1e6 <= STALL_MS, `the loop stood still for ${(delay.max / 1e6).toFixed()} ms at most`);
  t.match(opened.faults.map(String), [/database is locked/]);
  t.equal(opened.store.trouble, null, 'the storage is well');

  await opened.letGo();
  await opened.enter('b');
  t.same(opened.names(), ['before', 'b']);
});

t.test('a store that closes while the file is held waits for it', async (t) => {
  const folder = tempFolder(t);
  const opened = register(t, { folder });
  const holder = startScript(t, 'locking-process.ts', join(folder, 'parley.db'));
  t.equal(await holder.line(), 'held');
  const met = refusedBy(opened, 1);
  const entered = opened.enter('a');
  const closed = opened.store.close();
  await met;
  holder.child.stdin?.write('go\n');
  t.match(await entered, { name: 'a' });
  await closed;
  const again = register(t, { folder });
  t.same(again.names(), ['a']);
  t.same(integrity(again), ['ok', []]);
});

t.test('a file that is held while a faulty batch is taken apart is waited for too', async (t) => {
  const folder = tempFolder(t);
  let letGo: Promise<unknown> | null = null;
  const faults: unknown[] = [];
  const opened = register(t, {
    folder,
    onError: (error) => {
      faults.push(error);
      if (letGo !== null) return;
      const connection = new Database(join(folder, 'parley.db'));
      connection.exec('BEGIN IMMEDIATE');
      // Once by the change alone, once by the batch that is tried again.
      letGo = refusedBy(opened, 2).then(() => connection.close());
    },
  });
  const outcomes = await Promise.allSettled([
    opened.enter('a'),
    opened.enter('b', { role: 'nobody' }),
    opened.enter('c'),
  ]);
  await letGo;
  t.match(outcomes, [{ value: { name: 'a' } }, { reason: { code: 'INTERNAL' } }, { value: { name: 'c' } }]);
  t.same(opened.names(), ['a', 'c']);
  t.equal(faults.filter((fault) => String(fault).includes('locked')).length, 0);
});
