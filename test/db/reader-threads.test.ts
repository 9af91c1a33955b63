import { buildSync } from 'esbuild';
import t, { type Test } from 'tap';
import type { Caller } from '../../src/chat/caller.ts';
import type { SlowReadings } from '../../src/chat/readings/slow-readings.ts';
import type { ReaderThreads } from '../../src/db/reader-threads.ts';
import { refusalOf, register } from './register.ts';
import type { RegisterReadings } from './register-thread.ts';

const source = { file: new URL('./register-thread.ts', import.meta.url) };

/** A reading that is under way until it is let go. */
async function holding(t: Test, threads: ReaderThreads<RegisterReadings>) {
  const latch = new Int32Array(new SharedArrayBuffer(8));
  const letGo = () => {
    Atomics.store(latch, 1, 1);
    Atomics.notify(latch, 1);
  };
  t.teardown(letGo);
  const answer = threads.read('hold', latch as never);
  const began = Atomics.waitAsync(latch, 0, 0);
  if (began.async) await began.value;
  return { answer, letGo };
}

t.test('a thread reads what was committed before it was asked, and cannot write', async (t) => {
  const { store, enter } = register(t);
  const threads = store.openReaders<RegisterReadings>({ thread: source }, { epoch: store.epoch });
  for (const name of ['Ann', 'Ben', 'Cas']) {
    await enter(name);
    t.equal((await threads.read('names')).at(-1), name);
  }
  t.same(await threads.read('given'), { epoch: store.epoch });
  await t.rejects(threads.read('write'), { message: /readonly/ });
  t.same(await threads.read('names'), ['Ann', 'Ben', 'Cas']);
});

t.test('what a reading throws is told to who asked: a refusal as it is, a fault as one', async (t) => {
  const { store } = register(t);
  const threads = store.openReaders<RegisterReadings>({ thread: source });
  t.match(await refusalOf(threads.read('refuse')), {
    code: 'VALIDATION',
    status: 400,
    message: 'q is not for this.',
    details: { path: 'q', rule: 'is not for this' },
  });
  const fault = (await refusalOf(threads.read('fault'))) as Error;
  t.equal(fault.message, 'the reading has a fault');
  t.match(fault.stack, 'register-thread.ts', 'the log shows where');
  await t.rejects(threads.read('toString' as never), { message: 'there is no reading "toString"' });
});

t.test('two read at once; what waits is bounded, and is read in its order', async (t) => {
  const { store } = register(t, { maxWaitingReadings: 2 });
  const threads = store.openReaders<RegisterReadings>({ thread: source });
  const first = await holding(t, threads);
  const second = await holding(t, threads);
  const done: string[] = [];
  const waiting = ['a', 'b'].map((name) => threads.read('given').then(() => done.push(name)));
  t.match(await refusalOf(threads.read('names')), { code: 'OVERLOADED', retryMs: 500 });
  t.same(done, []);
  second.letGo();
  t.equal(await second.answer, 'let go');
  await Promise.all(waiting);
  t.same(done, ['a', 'b'], 'one thread is enough to go on');
  first.letGo();
  t.equal(await first.answer, 'let go');
});

t.test('a thread that dies takes its own reading with it and no other', async (t) => {
  const { store, enter } = register(t);
  await enter('Ann');
  const threads = store.openReaders<RegisterReadings>({ thread: source });
  const held = await holding(t, threads);
  await t.rejects(threads.read('die'), { message: /ended \(7\)/ });
  t.same(await threads.read('names'), ['Ann'], 'another one was begun');
  held.letGo();
  t.equal(await held.answer, 'let go');
});

t.test('closing refuses what waits, lets end what was begun, and takes no more', async (t) => {
  const { store } = register(t);
  const threads = store.openReaders<RegisterReadings>({ thread: source });
  const begun = [await holding(t, threads), await holding(t, threads)];
  const waiting = refusalOf(threads.read('names'));
  const closed = threads.close();
  t.match(await waiting, { code: 'OVERLOADED', message: 'The server is stopping.' });
  for (const { letGo } of begun) letGo();
  t.same(await Promise.all(begun.map(({ answer }) => answer)), ['let go', 'let go']);
  await closed;
  t.match(await refusalOf(threads.read('names')), { code: 'OVERLOADED' });
});

t.test('what Parley’s own threads run can be bundled into one text', async (t) => {
  const entry = new URL('../../src/chat/reader-thread.ts', import.meta.url).pathname;
  const built = buildSync({
    entryPoints: [entry],
    bundle: true,
    platform: 'node',
    format: 'cjs',
    external: ['better-sqlite3'],
    write: false,
    logLevel: 'silent',
  });
  t.same(built.warnings, [], 'nothing in it depends on where it lies');
  const { store } = register(t);
  const threads = store.openReaders<SlowReadings>({ thread: { code: built.outputFiles[0]?.text ?? '' } });
  const caller: Caller = { kind: 'key', key: 1, scopes: ['*'] };
  const nobody = '01a1fc19-9109-7ee2-811f-aa02fec4acd0';
  t.match(await refusalOf(threads.read('stats', caller, nobody)), { code: 'NOT_FOUND' });
});
