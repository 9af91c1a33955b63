/**
 * `parley serve` as a process of its own, over a data folder that outlives it; over PostgreSQL with others beside it where
 * a test is run so (test/servers.ts).
 */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Test } from 'tap';
import { spawnParley } from '../cli/parley.ts';
import { databaseOf } from '../database.ts';
import { SERVERS, spread } from '../servers.ts';

const MANY = '100000';
const ADMIN = { email: 'admin@example.com', password: 'correct horse battery' };

export interface ServerProcess {
  url: string;
  child: ChildProcess;
  /** How long it took to listen, ms. */
  startedIn: number;
  /** Those beside it on its database. */
  others: readonly ServerProcess[];
  /** Ends it and the others, and gives its exit code and the signal that ended it, or those of another that ended otherwise. */
  end(signal: NodeJS.Signals): Promise<unknown>;
}

/** The settings of a server whose clients may write as fast as they can. */
export function settingsFor(folder: string): Record<string, string> {
  return {
    PARLEY_DATA: folder,
    PARLEY_PORT: '0',
    PARLEY_LOG_LEVEL: 'error',
    PARLEY_ADMIN_EMAIL: ADMIN.email,
    PARLEY_ADMIN_PASSWORD: ADMIN.password,
    PARLEY_SEND_RATE: MANY,
    PARLEY_SEND_BURST: MANY,
    PARLEY_VISITOR_SEND_RATE: MANY,
    PARLEY_VISITOR_SEND_BURST: MANY,
    PARLEY_VISITORS_PER_MINUTE: MANY,
  };
}

/**
 * Starts the server and waits until it listens; it is killed when the test ends.
 *
 * @param env more of its environment; with a database of its own it stands alone
 * @param through a command that becomes the server
 */
export async function startServer(
  t: Test,
  folder: string,
  env: Readonly<Record<string, string>> = {},
  through: readonly string[] = [],
): Promise<ServerProcess> {
  const database = env.PARLEY_DATABASE === undefined ? await databaseOf(folder, null) : undefined;
  if (database === undefined) return startOne(t, folder, env, through);
  const settings = { ...env, PARLEY_DATABASE: database };
  const first = await startOne(t, folder, settings, through);
  const others: ServerProcess[] = [];
  while (others.length < SERVERS - 1)
    others.push(await startOne(t, folder, { ...settings, PARLEY_PORT: '0' }, through));
  const apart = spread([first.url, ...others.map(({ url }) => url)], database);
  const end = async (signal: NodeJS.Signals) => {
    const [told, ...more] = await Promise.all([first, ...others].map((one) => one.end(signal)));
    await apart();
    return more.find((one) => JSON.stringify(one) !== JSON.stringify(told)) ?? told;
  };
  t.teardown(() => end('SIGKILL'));
  return { ...first, others, end };
}

async function startOne(
  t: Test,
  folder: string,
  env: Readonly<Record<string, string>>,
  through: readonly string[],
): Promise<ServerProcess> {
  const started = performance.now();
  const child = spawnParley(['serve'], { ...settingsFor(folder), ...env }, undefined, through);
  const ended = once(child, 'exit');
  const end = (signal: NodeJS.Signals) => {
    child.kill(signal);
    return ended;
  };
  t.teardown(() => end('SIGKILL'));
  child.stderr?.pipe(process.stderr);
  if (child.stdout === null) throw new Error('the server has no output');
  for await (const line of createInterface(child.stdout)) {
    const url = / listens on (\S+)$/.exec(line)?.[1];
    if (url === undefined) continue;
    child.stdout.resume();
    return { url, child, startedIn: performance.now() - started, others: [], end };
  }
  throw new Error(`the server did not start: ${await ended}`);
}
