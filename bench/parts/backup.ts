/** Sends while a backup of a large file is made: nobody may wait for it. */
import { startBackup } from '../../src/cli/backup/backup-process.ts';
import type { Bench } from '../bench.ts';
import type { OpenLoop } from '../load/open-loop.ts';
import type { Outcome } from '../load/tally.ts';
import { medianOf } from '../median.ts';
import { type Paired, seedPairs } from '../seed/pairs.ts';
import { Seed } from '../seed/seed.ts';
import { count, ms, type Section } from '../table.ts';

const MIB = 1024 ** 2;
/** Long ones, so that a large file is soon written; of one word, so that its index is small. */
const CONTENT = 'x'.repeat(2_000);
/** What a send may wait for at most. */
const AIM_MS = 100;

interface Round {
  quiet: Outcome[];
  during: Outcome[];
  /** How long the backup took, ms. */
  took: number;
}

export async function backup(bench: Bench): Promise<Section> {
  const { humanRate: rate, humanSockets, backedUp } = bench.size;
  const [folder, to] = [bench.folder(), bench.folder()];
  bench.log(`  writing ${count(backedUp / MIB)} MiB`);
  const people = await seedLarge(folder, humanSockets, backedUp);
  const { url, child } = await bench.startParley({ folder });
  const load = () =>
    bench.load.ask<Outcome>('openLoop', {
      ...people,
      url,
      serverPid: child.pid,
      rate,
      deliveriesPerSend: 1,
      // All of it counts.
      warmMs: 0,
      ms: bench.span.ms,
    } satisfies OpenLoop);
  await load();
  const rounds: Round[] = [];
  await bench.rounds(async () => {
    const began = performance.now();
    let took: number | null = null;
    const made = startBackup({ data: folder, to, keep: 1 }).made.finally(() => {
      took = performance.now() - began;
    });
    const during: Outcome[] = [];
    while (took === null) during.push(await load());
    await made;
    // As long: the worst of a longer time is worse by itself.
    const quiet: Outcome[] = [];
    while (quiet.length < during.length) quiet.push(await load());
    rounds.push({ quiet, during, took });
  });
  await child.stop();
  const row = (name: string, outcomes: (round: Round) => Outcome[]) => {
    const all = rounds.flatMap(outcomes);
    const worst = (value: (outcome: Outcome) => number) => Math.max(...all.map(value));
    return [
      name,
      count(medianOf(all, ({ acked }) => acked)),
      ms(medianOf(all, ({ p50 }) => p50)),
      ms(worst(({ p99 }) => p99)),
      ms(worst(({ max }) => max)),
    ];
  };
  return {
    title: 'Sends while a backup is made',
    about: `${count(rate)} sends a second over ${count(humanSockets)} sockets, while nothing else happens and, as long, while \`parley
backup\`, as the server starts it itself, copies a file of ${count(backedUp / MIB)} MiB to the same disk and reads it back. A
send's time counts from the moment at which it was due, to its answer; p99 is that of the worst stretch.`,
    tables: [
      {
        head: ['', 'acked/s', 'p50', 'p99', 'worst'],
        rows: [row('quiet', ({ quiet }) => quiet), row('during a backup', ({ during }) => during)],
      },
    ],
    notes: [
      `A backup takes ${ms(medianOf(rounds, ({ took }) => took))} beside these sends.`,
      `Aim: the worst send within ${AIM_MS} ms.`,
    ],
  };
}

/** People two by two, beside one who has said so much that the file has its size. */
async function seedLarge(folder: string, people: number, bytes: number): Promise<Paired> {
  const seed = await Seed.in(folder);
  const paired = seedPairs(seed, people);
  const [agent, customer] = [seed.person('agent', 'Ann of the team', false), seed.person('user', 'A talker', false)];
  const talk = seed.support(customer, agent, 'open');
  for (let n = 0; n < bytes / CONTENT.length; n += 1) seed.write(talk, n % 2 === 0 ? customer : agent, CONTENT);
  seed.put(talk);
  seed.end();
  return paired;
}
