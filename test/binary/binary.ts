/** Parley as the one executable: built once for the tests of a file, run in folders of its own with nothing set. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import type { Test } from 'tap';

const run = promisify(execFile);
const root = join(import.meta.dirname, '../..');

export interface Ran {
  code: number | null;
  out: string;
  err: string;
}

export interface Started {
  url: string;
  /** What it said when it was there. */
  banner: string[];
  child: ChildProcess;
  /** Tells it to stop, and gives its exit code. */
  stop(): Promise<number | null>;
}

/** Builds it to a temporary folder, and gives the path. */
export async function buildBinary(t: Test): Promise<string> {
  const folder = tempFolder(t);
  const binary = join(folder, 'parley');
  await run(process.execPath, [join(root, 'bin/build-binary.mjs'), '--out', binary]);
  return binary;
}

export function tempFolder(t: Test): string {
  const folder = mkdtempSync(join(tmpdir(), 'parley-binary-test-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Runs it to its end, with this environment and nothing else. */
export async function runBinary(binary: string, args: string[], cwd: string, env: object = {}): Promise<Ran> {
  const child = spawn(binary, args, { cwd, env: { ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  const told = { out: '', err: '' };
  child.stdout.on('data', (chunk) => (told.out += chunk));
  child.stderr.on('data', (chunk) => (told.err += chunk));
  await once(child, 'close');
  return { code: child.exitCode, ...told };
}

/** Starts the server on a free port, and waits until it has said where it is. */
export async function serveBinary(t: Test, binary: string, cwd: string, env: object = {}): Promise<Started> {
  const child = spawn(binary, ['serve', '--port', '0'], { cwd, env: { ...env }, stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  t.teardown(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  const banner: string[] = [];
  for await (const line of createInterface(child.stdout)) {
    if (line.startsWith('{')) continue;
    banner.push(line);
    if (!line.startsWith('  health')) continue;
    const url = / listens on (\S+)$/.exec(banner[0] ?? '')?.[1] ?? '';
    child.stdout.resume();
    return {
      url,
      banner,
      child,
      stop: async () => {
        child.kill('SIGTERM');
        await ended;
        return child.exitCode;
      },
    };
  }
  throw new Error(`it did not start: ${banner.join('\n')}`);
}
