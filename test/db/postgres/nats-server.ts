/** Debian's NATS server for a test, on a port of its own choice, gone with the test. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, watch } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Test } from 'tap';

const BINARY = '/usr/sbin/nats-server';

/** To skip a test by: a reason, or false where there is one. */
export const noNats: string | false = existsSync(BINARY) ? false : `there is no ${BINARY}`;

export interface Nats {
  url: string;
  stop(): Promise<void>;
  /** Again, where it was. */
  start(): Promise<void>;
}

/** Only where {@link noNats} is false. */
export async function startNats(t: Test, user = 'parley', password = 'a secret'): Promise<Nats> {
  const ports = mkdtempSync(join(tmpdir(), 'nats-'));
  t.teardown(() => rmSync(ports, { recursive: true, force: true }));
  let child: ChildProcess | null = null;
  let port = -1;
  const run = async () => {
    const args = ['--addr', '127.0.0.1', '--port', `${port}`, '--user', user, '--pass', password];
    const started = spawn(BINARY, [...args, '--ports_file_dir', ports], { stdio: ['ignore', 'ignore', 'pipe'] });
    child = started;
    for await (const line of createInterface(started.stderr)) if (line.includes('Server is ready')) break;
    started.stderr.resume();
    if (port === -1) port = await portOf(ports, started.pid ?? 0);
  };
  const stop = async () => {
    if (child === null) return;
    const ended = once(child, 'exit');
    child.kill();
    await ended;
    child = null;
  };
  t.teardown(stop);
  await run();
  return { url: `nats://${user}:${encodeURIComponent(password)}@127.0.0.1:${port}`, stop, start: run };
}

/** From the file in which it says so, soon after it is ready. */
async function portOf(folder: string, pid: number): Promise<number> {
  const file = join(folder, `nats-server_${pid}.ports`);
  const changes = watch(folder);
  try {
    for (;;) {
      const changed = once(changes, 'change');
      const [, port] = /nats:\/\/[\d.]+:(\d+)/.exec(existsSync(file) ? readFileSync(file, 'utf8') : '') ?? [];
      if (port !== undefined) return Number(port);
      await changed;
    }
  } finally {
    changes.close();
  }
}
