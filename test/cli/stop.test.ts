import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import t, { type Test } from 'tap';
import { environment } from './parley.ts';

const script = join(import.meta.dirname, 'stopping-process.ts');

type Signals = Partial<Record<string, NodeJS.Signals[]>>;

/** Runs a process that stops, sends it signals when it prints a line, and gives its lines and its exit code. */
async function stopping(
  t: Test,
  args: { close?: number; limit?: number; echo?: number; fault?: 'throw' },
  signals: Signals,
): Promise<{ lines: string[]; code: number | null }> {
  const { close = 0, limit = 5000, echo = 0, fault = '' } = args;
  const child: ChildProcessByStdio<null, Readable, null> = spawn(
    process.execPath,
    [script, String(close), String(limit), String(echo), fault],
    { env: environment(), stdio: ['ignore', 'pipe', 'ignore'] },
  );
  t.teardown(() => child.kill('SIGKILL'));
  const lines: string[] = [];
  createInterface(child.stdout).on('line', (line) => {
    lines.push(line);
    for (const signal of signals[line] ?? []) child.kill(signal);
  });
  await once(child, 'close');
  return { lines, code: child.exitCode };
}

for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
  t.test(`${signal} closes in order and exits 0`, async (t) => {
    const { lines, code } = await stopping(t, {}, { ready: [signal] });
    t.same(lines, ['ready', 'closing', 'still closing', 'closed']);
    t.equal(code, 0);
  });
}

t.test('the echo of a signal, as a launcher or a process group sends it, is not a second wish', async (t) => {
  const { lines, code } = await stopping(t, {}, { ready: ['SIGINT'], closing: ['SIGINT', 'SIGTERM'] });
  t.same(lines, ['ready', 'closing', 'still closing', 'closed']);
  t.equal(code, 0);
});

t.test('a second signal later exits at once', async (t) => {
  const { lines, code } = await stopping(
    t,
    { close: 60_000, limit: 60_000, echo: 600 },
    { ready: ['SIGTERM'], 'still closing': ['SIGTERM'] },
  );
  t.same(lines, ['ready', 'closing', 'still closing']);
  t.equal(code, 1);
});

t.test('what takes longer than the time to stop is cut off', async (t) => {
  const { lines, code } = await stopping(t, { close: 60_000, limit: 100 }, { ready: ['SIGTERM'] });
  t.same(lines, ['ready', 'closing', 'still closing']);
  t.equal(code, 1);
});

t.test('an error that nobody caught closes in order too, and exits 1', async (t) => {
  const { lines, code } = await stopping(t, { fault: 'throw' }, {});
  t.same(lines, ['ready', 'closing', 'still closing', 'closed']);
  t.equal(code, 1);
});
