/** The storage fails under a server that people talk on, and comes back: nothing acknowledged is lost, all goes on. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import t, { type Test } from 'tap';
import { ofTheFile } from '../database.ts';
import { isThere } from '../db/processes.ts';
import { countOf } from './counts.ts';
import { type Talk, talk } from './talk.ts';

const TIMES = countOf('TIMES', 1, 10);
const ENOUGH = 60;
const skip = ofTheFile || (!isThere('strace') && 'no strace here to make calls of the system fail with');

t.setTimeout(200_000 + TIMES * 60_000);

/** What the system answers to these calls of the server, and what is said of it. */
const faults: [what: string, calls: string, error: string, told: RegExp][] = [
  ['the disk is full', 'pwrite64', 'ENOSPC', /^the disk is full$/],
  ['the disk has become read-only', 'pwrite64', 'EROFS', /^the storage fails \(SQLITE_IOERR/],
  ['the disk fails to keep what it took', 'fsync,fdatasync', 'EIO', /^the storage fails \(SQLITE_IOERR/],
];

/** Makes calls of a process fail until told otherwise; null where no other process may be looked into. */
async function failing(t: Test, pid: number, calls: string, error: string): Promise<(() => Promise<unknown>) | null> {
  const inject = ['-e', `trace=${calls}`, '-e', `inject=${calls}:error=${error}`];
  const tracer = spawn('strace', ['-f', '-o', '/dev/null', ...inject, '-p', String(pid)], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const gone = once(tracer, 'exit');
  t.teardown(() => tracer.kill('SIGINT'));
  let attached = false;
  for await (const line of createInterface(tracer.stderr)) {
    attached = line.includes('attached');
    if (attached) break;
  }
  if (!attached) return null;
  tracer.stderr.resume();
  return () => {
    tracer.kill('SIGINT');
    return gone;
  };
}

async function readiness({ meeting }: Talk): Promise<{ status: number; reason?: string }> {
  const answer = await fetch(`${meeting.server.url}/readyz`);
  return { ...((await answer.json()) as { reason?: string }), status: answer.status };
}

t.test('a storage that fails and comes back', { skip }, async (t) => {
  const talking = await talk(t, { PARLEY_LOG_LEVEL: 'silent' });
  const { meeting, told } = talking;
  await told.grownBy(ENOUGH);
  for (const [what, calls, error, reason] of Array.from({ length: TIMES }, () => faults).flat()) {
    const over = await failing(t, Number(meeting.server.child.pid), calls, error);
    if (over === null) return void t.pass('strace may not trace another process here', { skip: true });
    let now = await readiness(talking);
    while (now.status !== 503) now = await readiness(talking);
    t.match(now.reason, reason, `${what}: it is not ready`);
    const [{ client, where }] = meeting.members as [(typeof meeting.members)[number]];
    await t.resolves(client.http.json('GET', `/v1/conversations/${where[0]}/messages`), 'readings go on');
    await over();
    while (now.status !== 200) now = await readiness(talking);
    await told.grownBy(ENOUGH);
    t.equal(meeting.server.child.exitCode, null, 'it is ready again, by itself, and takes what is written');
  }
  await talking.end();
});
