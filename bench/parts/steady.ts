/** Latency at a steady rate, and what of it is the price of keeping. */
import type { Bench } from '../bench.ts';
import type { OpenLoop } from '../load/open-loop.ts';
import type { Outcome } from '../load/tally.ts';
import { medianOf } from '../median.ts';
import { seedPairsAlone } from '../seed/pairs.ts';
import type { Inserted, Inserts } from '../servers/inserts.ts';
import { type Server, startInserts, startWithoutWrites } from '../servers/start.ts';
import { count, ms, type Section, times } from '../table.ts';

interface Round {
  parley: Outcome;
  without: Outcome;
  commitMs: number;
}

export async function steady(bench: Bench): Promise<Section> {
  const { rate, steadySockets } = bench.size;
  const folder = bench.folder();
  const { tokens, conversations } = await seedPairsAlone(folder, steadySockets);
  const otherFolder = bench.folder();
  const other = await seedPairsAlone(otherFolder, steadySockets);
  const bareFolder = bench.folder();
  const { keys } = await seedPairsAlone(bareFolder, steadySockets);
  const [parley, without] = await Promise.all([bench.startParley({ folder }), startWithoutWrites(otherFolder)]);
  const inserts = startInserts();
  const rounds: Round[] = [];
  const job: Pick<OpenLoop, 'rate' | 'deliveriesPerSend' | 'warmMs' | 'ms'> = {
    rate,
    deliveriesPerSend: 1,
    ...bench.span,
  };
  const run = ({ url, child }: Server, people: Pick<OpenLoop, 'tokens' | 'conversations'>) =>
    bench.load.ask<Outcome>('openLoop', { ...job, ...people, url, serverPid: child.pid } satisfies OpenLoop);
  const insertJob: Inserts = { folder: bareFolder, senders: keys, batch: 1, ...bench.span };
  await bench.rounds(async () => {
    const { commitMs } = await inserts.ask<Inserted>('inserts', insertJob);
    const outcome = await run(parley, { tokens, conversations });
    rounds.push({ commitMs, parley: outcome, without: await run(without, other) });
  });
  await Promise.all([parley.child.stop(), without.child.stop(), inserts.stop()]);
  const of = (value: (round: Round) => number) => medianOf(rounds, value);
  const row = (name: string, outcome: (round: Round) => Outcome) => [
    name,
    count(of((round) => outcome(round).acked)),
    ms(of((round) => outcome(round).p50)),
    ms(of((round) => outcome(round).p99)),
    times(of((round) => outcome(round).p50 / round.commitMs)),
    times(of((round) => outcome(round).p99 / round.without.p99)),
  ];
  return {
    title: 'Latency at a steady rate',
    about: `${count(rate)} sends a second over ${count(steadySockets)} sockets, whether the ones before were answered or
not. A send's time counts from the moment at which it was due, to its answer.`,
    tables: [
      {
        head: ['', 'acked/s', 'p50', 'p99', 'p50 in commits', 'p99 of that without writes'],
        rows: [row('Parley', (round) => round.parley), row('Parley without writes', (round) => round.without)],
      },
    ],
    notes: [
      `_without writes_ is the same server whose inserts, updates and commits are left out, so that nothing is kept. A
commit of one message takes ${ms(of(({ commitMs }) => commitMs))}: the median of bare ones in the same rounds.`,
      'Aim: a p50 of 6 commits at most, a p99 of 2.5× at most.',
    ],
  };
}
