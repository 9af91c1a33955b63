/** Runs one test file as a process of its own, and leaves nothing of it running. */
import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';

export interface TestRun {
  /** How it ended: `late` is the one that was killed. */
  end: 'passed' | 'failed' | 'late';
  seconds: number;
}

export interface TestOptions {
  /** The project's folder. */
  cwd: string;
  env: NodeJS.ProcessEnv;
  timeoutMs: number;
  /** Where what it prints is kept. */
  log: string;
}

const groups = new Set<number>();

/** A group of processes with all that they have started. */
function killGroup(leader: number): void {
  try {
    process.kill(-leader, 'SIGKILL');
  } catch {
    // Nothing of it is left.
  }
}

process.on('exit', () => {
  for (const leader of groups) killGroup(leader);
});
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

export async function runTest(file: string, { cwd, env, timeoutMs, log }: TestOptions): Promise<TestRun> {
  const begun = performance.now();
  const out = openSync(log, 'w');
  const child = spawn(process.execPath, [file], {
    cwd,
    // As long as all has: what a slow machine takes long for is no failure.
    env: { ...env, TAP_TIMEOUT: String(Math.ceil(timeoutMs / 1000)) },
    detached: true,
    stdio: ['ignore', out, out],
  });
  closeSync(out);
  const { pid } = child;
  if (pid === undefined) throw new Error(`${file} could not be started`);
  groups.add(pid);
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    killGroup(pid);
  }, timeoutMs);
  const { promise, resolve } = Promise.withResolvers<number | null>();
  child.once('exit', resolve);
  const code = await promise;
  clearTimeout(timer);
  killGroup(pid);
  groups.delete(pid);
  return { end: late ? 'late' : code === 0 ? 'passed' : 'failed', seconds: (performance.now() - begun) / 1000 };
}
