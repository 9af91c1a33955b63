/**
 * The tests of the doors once more, each file a process of its own, over a server whose rows are in PostgreSQL: to who calls
 * it, it is the same.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { globSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { Test } from 'tap';
import { openPostgres } from '../../src/db/postgres/open.ts';
import { startPostgres } from '../db/postgres/server.ts';

const TESTS = join(import.meta.dirname, '..');

/** For a file of tests that runs others, ms: some minutes, and much more beside other work. */
export const LONG_MS = 1_800_000;

/** Nothing here has to outlast the machine: a database for each server, of which there are hundreds, costs a third. */
const NOT_TO_LAST = ['fsync=off', 'full_page_writes=off', 'autovacuum=off'];

/**
 * Starts a cluster whose new databases have Parley's tables already.
 *
 * @returns what `PARLEY_TEST_POSTGRES` is to be
 */
export async function clusterOfDoors(t: Pick<Test, 'teardown'>): Promise<string> {
  const { cluster } = await startPostgres(t, NOT_TO_LAST);
  const url = Object.assign(new URL(cluster), { pathname: '/template1' }).href;
  await (await openPostgres({ url, newEpoch: () => '', now: () => 0 })).close();
  return cluster;
}

/**
 * Runs test files one after another, each as a test of `t` that tells what the file said when it fails.
 *
 * @param pattern of files below `test/`
 */
export async function overPostgres(t: Test, pattern: string): Promise<void> {
  const cluster = await clusterOfDoors(t);
  const files = globSync(pattern, { cwd: TESTS }).sort();
  t.not(files.length, 0);
  for (const file of files) {
    await t.test(file, async (t) => {
      const { code, said } = await run(join(TESTS, file), cluster);
      t.equal(code, 0, file, code === 0 ? {} : { said });
    });
  }
}

async function run(file: string, cluster: string): Promise<{ code: number | null; said: string }> {
  const env = { ...process.env, PARLEY_TEST_POSTGRES: cluster, TAP: '1', TAP_TIMEOUT: '900' };
  const child = spawn(process.execPath, [file], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const [out, err, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
  const failed = out.slice(Math.max(0, out.search(/^\s*not ok/m)));
  return { code, said: `${failed}\n${err}` };
}
