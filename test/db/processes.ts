/** Processes of their own, for what only another process can show. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Test } from 'tap';
import { environment } from '../cli/parley.ts';

export interface Running {
  child: ChildProcess;
  /** The next line that it prints; undefined when it prints no more. */
  line(): Promise<string | undefined>;
  /** Its exit code and the signal that ended it. */
  ended: Promise<unknown>;
  kill(signal?: NodeJS.Signals): Promise<unknown>;
}

/** Starts `command`, whose standard input stays open until the test ends. */
export function start(t: Test, command: string, args: readonly string[]): Running {
  const child = spawn(command, args, { env: environment(), stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const ended = once(child, 'exit');
  const kill = (signal: NodeJS.Signals = 'SIGKILL') => {
    child.kill(signal);
    return ended;
  };
  t.teardown(() => kill());
  return { child, line: async () => (await lines.next()).value, ended, kill };
}

/** Starts a script that lies beside the tests. */
export function startScript(t: Test, script: string, ...args: string[]): Running {
  return start(t, process.execPath, [join(import.meta.dirname, script), ...args]);
}

/** Whether the program can be run here; a test that needs it says so when it is skipped. */
export function isThere(program: string): boolean {
  return spawnSync(program, ['--version'], { stdio: 'ignore' }).error === undefined;
}

export const isRoot = process.getuid?.() === 0;
