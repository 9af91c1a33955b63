/** A duty is done by one server at a time, and by another as soon as that one is gone. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import t, { type Test } from 'tap';
import { untilAborted } from '../../../src/chat/duties.ts';
import { shareDatabase } from '../../../src/db/postgres/connect.ts';
import { PostgresDuties } from '../../../src/db/postgres/duties.ts';
import { noPostgres, queried, startPostgres } from './server.ts';

t.setTimeout(240_000);
const postgres = noPostgres ? null : await startPostgres(t);
const DUTIES = new URL('../../../src/db/postgres/duties.ts', import.meta.url).href;

async function newDatabase() {
  return (await postgres?.database()) ?? '';
}

/** A server that writes down what it does. */
function server(t: Test, url: string) {
  const duties = new PostgresDuties({ url, admit: shareDatabase, onError: () => {} });
  const held: ReturnType<PostgresDuties['hold']>[] = [];
  t.teardown(async () => {
    await Promise.all(held.map((duty) => duty.end()));
    await duties.close();
  });
  return {
    /** Begins to do a duty until it is ended or lost; `began` resolves with whether another had it before. */
    hold(name: string) {
      const began = Promise.withResolvers<boolean>();
      const again = Promise.withResolvers<void>();
      const lost = Promise.withResolvers<void>();
      let times = 0;
      const duty = duties.hold(name, async (signal, takenOver) => {
        times += 1;
        if (times > 1) again.resolve();
        began.resolve(takenOver);
        await untilAborted(signal);
        lost.resolve();
      });
      held.push(duty);
      return { ...duty, began: began.promise, again: again.promise, lost: lost.promise, times: () => times };
    },
    duties,
  };
}

t.test('one has it, and the next when it is given back', { skip: noPostgres }, async (t) => {
  const url = await newDatabase();
  const [one, two] = [server(t, url), server(t, url)];
  const first = one.hold('jobs');
  t.equal(await first.began, false);
  const second = two.hold('jobs');
  const beside = two.hold('snoozes');
  t.equal(await beside.began, false, 'another duty is there for it');
  t.equal(second.times(), 0);
  await first.end();
  t.equal(await second.began, true);
  t.equal(first.times(), 1);
});

t.test('work that comes to its end is done once at each server', { skip: noPostgres }, async (t) => {
  const url = await newDatabase();
  const [one, two] = [server(t, url), server(t, url)];
  const busy = new Set<string>();
  const done: string[] = [];
  const hold = (duties: PostgresDuties, name: string) =>
    duties.hold(name, async () => {
      t.notOk(busy.has(name), 'nobody else is at it');
      busy.add(name);
      await new Promise<void>((resolve) => setImmediate(resolve));
      busy.delete(name);
      done.push(name);
    });
  const names = Array.from({ length: 20 }, (_, place) => `turn ${place}`);
  const duties = [one, two].flatMap(({ duties }) => names.map((name) => hold(duties, name)));
  await Promise.all(duties.map(({ done }) => done));
  t.same(done.sort(), [...names, ...names].sort());
  await t.rejects(one.duties.hold('fails', async () => Promise.reject(new Error('why'))).done, { message: 'why' });
  // It was given back all the same.
  await two.duties.hold('fails', async () => {}).done;
});

t.test('who loses the connection loses the duty, and has it again later', { skip: noPostgres }, async (t) => {
  const url = await newDatabase();
  const one = server(t, url);
  const first = one.hold('jobs');
  await first.began;
  const end = `select pg_terminate_backend(pid) from pg_stat_activity where query like '%pg_try_advisory_lock(key)%' and pid <> pg_backend_pid() and datname = current_database()`;
  await queried(url, (client) => client.query(end));
  await first.lost;
  await first.again;
  await first.end();
  t.equal(first.times(), 2);
});

for (const signal of ['SIGKILL', 'SIGSTOP'] as const) {
  t.test(`another goes on where a process met ${signal}`, { skip: noPostgres }, async (t) => {
    const url = await newDatabase();
    const program = `
      import { PostgresDuties } from ${JSON.stringify(DUTIES)};
      new PostgresDuties({ url: ${JSON.stringify(url)}, admit: async () => {}, onError: console.error })
        .hold('jobs', () => { console.log('mine'); return new Promise(() => {}); });`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    t.teardown(() => child.kill('SIGKILL'));
    await once(createInterface(child.stdout), 'line');
    const second = server(t, url).hold('jobs');
    const beside = server(t, url).hold('beside');
    await beside.began;
    t.equal(second.times(), 0);
    child.kill(signal);
    t.equal(await second.began, true);
  });
}
