import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

const root = join(import.meta.dirname, '../..');
const main = join(root, 'src/main.ts');

/**
 * The environment of a person who has set nothing but `settings`: nothing of the test runner's is loaded, which takes
 * longer than most commands, and what was compiled before is not compiled anew.
 */
export function environment(settings: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !name.startsWith('PARLEY_') && name !== 'NODE_OPTIONS',
  );
  return { ...Object.fromEntries(inherited), NODE_COMPILE_CACHE: join(root, 'dist/compiled'), ...settings };
}

/**
 * Starts `parley` as a process of its own (in the folder `cwd`), with its standard output and error as pipes.
 *
 * @param through a command that becomes what its last arguments say
 */
export function spawnParley(
  args: readonly string[],
  settings: Readonly<Record<string, string>> = {},
  cwd?: string,
  through: readonly string[] = [],
): ChildProcess {
  const [command = '', ...rest] = [...through, process.execPath, main, ...args];
  return spawn(command, rest, {
    env: environment(settings),
    cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** Runs `parley` to its end. */
export async function runParley(
  args: readonly string[],
  settings: Readonly<Record<string, string>> = {},
): Promise<{ code: number | null; out: string; err: string }> {
  const child = spawnParley(args, settings);
  const [out, err] = await Promise.all([
    child.stdout ? text(child.stdout) : '',
    child.stderr ? text(child.stderr) : '',
    once(child, 'close'),
  ]);
  return { code: child.exitCode, out, err };
}
