import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { isThere, start } from './processes.ts';
import { integrity, openRegister, register, tempFolder } from './register.ts';

const COUNT = 60;
const skip = !isThere('strace') && 'no strace here to make calls of the system fail with';

interface Outcome {
  folder: string;
  acknowledged: string[];
  refused: string[];
  done: boolean;
}

/** Enters names in a process of which the system fails some calls, and gives what it was told. */
async function enterWhile(t: Test, ...inject: string[]): Promise<Outcome> {
  const folder = tempFolder(t);
  // The file is there before, so that no call that fails is one of its making, however much there is to make.
  await openRegister(folder).store.close();
  const script = [process.execPath, join(import.meta.dirname, 'entering-process.ts'), folder, String(COUNT)];
  const options = ['-f', '-qq', '-o', '/dev/null', '-e', 'trace=pwrite64,fsync', ...inject];
  const process_ = start(t, 'strace', [...options, ...script]);
  const outcome: Outcome = { folder, acknowledged: [], refused: [], done: false };
  for (let line = await process_.line(); line !== undefined; line = await process_.line()) {
    const [word, ...rest] = line.split(' ');
    if (word === 'ok') outcome.acknowledged.push(rest.join(' '));
    if (word === 'refused') outcome.refused.push(rest.join(' '));
    if (word === 'done') outcome.done = true;
  }
  await process_.ended;
  return outcome;
}

/** What was acknowledged is there, once, and the file is whole. */
function isKept(t: Test, { folder, acknowledged }: Outcome): string[] {
  const opened = register(t, { folder });
  const names = opened.names();
  t.same(
    acknowledged.filter((name) => !names.includes(name)),
    [],
    'nothing acknowledged is missing',
  );
  t.equal(new Set(names).size, names.length, 'nothing is there twice');
  t.same(integrity(opened), ['ok', []]);
  return names;
}

const failures: [what: string, inject: string, code: string][] = [
  ['every now and then a write finds no room', 'inject=pwrite64:error=ENOSPC:when=25+23', 'STORAGE_FULL'],
  ['every now and then a write fails', 'inject=pwrite64:error=EIO:when=25+23', 'STORAGE_FULL'],
  ['each third fsync fails', 'inject=fsync:error=EIO:when=10+3', 'STORAGE_FULL'],
];

for (const [what, inject, code] of failures) {
  t.test(`${what}: nothing acknowledged is lost, and it goes on`, { skip }, async (t) => {
    const outcome = await enterWhile(t, '-e', inject);
    t.ok(outcome.done);
    t.ok(outcome.refused.length > 3, `${outcome.refused.length} were refused`);
    t.ok(outcome.refused.includes(code));
    t.equal(outcome.acknowledged.length, COUNT);
    t.equal(isKept(t, outcome).length, COUNT);
  });
}

// The first few are of the opening, the last few of the end: those between are of the fifteen commits.
for (const call of ['pwrite64', 'fsync']) {
  for (const when of call === 'fsync' ? [5, 9, 14] : [30, 41, 73]) {
    t.test(`killed in ${call} number ${when}: a batch is there whole or not at all`, { skip }, async (t) => {
      const outcome = await enterWhile(t, '-e', `inject=${call}:signal=SIGKILL:when=${when}`);
      t.notOk(outcome.done, 'it was killed');
      t.ok(outcome.acknowledged.length < COUNT);
      const names = isKept(t, outcome);
      t.equal(names.length % 4, 0, 'four went together');
      t.ok(names.length - outcome.acknowledged.length <= 4, 'no more than the one batch that was under way');
    });
  }
}

t.test('each commit is one fsync', { skip }, async (t) => {
  const folder = tempFolder(t);
  const log = join(folder, 'calls');
  const script = [
    process.execPath,
    join(import.meta.dirname, 'entering-process.ts'),
    join(folder, 'data'),
    String(COUNT),
  ];
  const counting = start(t, 'strace', [
    '-f',
    '--seccomp-bpf',
    '-qq',
    '-yy',
    '-o',
    log,
    '-e',
    'trace=fsync,fdatasync',
    ...script,
  ]);
  await counting.ended;
  const ofTheLog = readFileSync(log, 'utf8')
    .split('\n')
    .filter((line) => line.includes('parley.db-wal'));
  const commits = COUNT / 4;
  t.ok(ofTheLog.length >= commits, `${ofTheLog.length} for ${commits} commits`);
  t.ok(ofTheLog.length <= commits + 10, 'and a few for the start and the end');
});
