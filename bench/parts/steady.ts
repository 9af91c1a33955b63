/** Latency at half of what the server can do, and what of it is the price of keeping. */
import type { Bench } from '../bench.ts';
import type { ClosedLoop } from '../load/closed-loop.ts';
import type { OpenLoop } from '../load/open-loop.ts';
import type { Outcome } from '../load/tally.ts';
import { medianOf } from '../median.ts';
import { seedPairsAlone } from '../seed/pairs.ts';
import type { Inserted, Inserts } from '../servers/inserts.ts';
import { type Server, startInserts, startWithoutWrites } from '../servers/start.ts';
import { count, ms, type Section, times } from '../table.ts';

type People = Pick<OpenLoop, 'tokens' | 'conversations'>;

interface Round {
  parley: Outcome;
  without: Outcome;
  commitMs: number;
}

export async function steady(bench: Bench): Promise<Section> {
  const { steadySockets } = bench.size;
  const folder = bench.folder();
  const { tokens, conversations } = await seedPairsAlone(folder, steadySockets);
  const otherFolder = bench.folder();
  const other = await seedPairsAlone(otherFolder, steadySockets);
  const bareFolder = bench.folder();
  const { keys } = await seedPairsAlone(bareFolder, steadySockets);
  const [parley, without] = await Promise.all([bench.startParley({ folder }), startWithoutWrites(otherFolder)]);
  const inserts = startInserts();
  const rounds: Round[] = [];
  const job = ({ url, child }: Server) => ({ url, serverPid: child.pid, deliveriesPerSend: 1, ...bench.span });
  const most = (server: Server, people: People) =>
    bench.load.ask<Outcome>('closedLoop', {
      ...job(server),
      ...people,
      senders: steadySockets,
      window: 1,
    } satisfies ClosedLoop);
  const run = (server: Server, people: People, rate: number) =>
    bench.load.ask<Outcome>('openLoop', { ...job(server), ...people, rate } satisfies OpenLoop);
  const insertJob: Inserts = { folder: bareFolder, senders: keys, batch: 1, ...bench.span };
  await bench.rounds(async () => {
    const { commitMs } = await inserts.ask<Inserted>('inserts', insertJob);
    const rate = (await most(parley, { tokens, conversations })).acked / 2;
    rounds.push({
      commitMs,
      parley: await run(parley, { tokens, conversations }, rate),
      without: await run(without, other, rate),
    });
  });
  await Promise.all([parley.child.stop(), without.child.stop(), inserts.stop()]);
  const of = (value: (round: Round) => number) => medianOf(rounds, value);
  const row = (name: string, outcome: (round: Round) => Outcome) => [
    name,
    count(of((round) => outcome(round).acked)),
    ms(of((round) => outcome(round).p50)),
    ms(of((round) => outcome(round).p99)),
    times(of((round) => outcome(round).p50 / round.commitMs)),
    times(of((round) => outcome(round).p99 / round.commitMs)),
    times(of((round) => outcome(round).p99 / round.without.p99)),
  ];
  return {
    title: 'Latency at a steady rate',
    about: `Half of the sends a second that ${count(steadySockets)} sockets brought through in the same round with one under way
on each, at a steady rate, whether the ones before were answered or not. A send's time counts from the moment at which it
was due, to its answer.`,
    tables: [
      {
        head: ['', 'acked/s', 'p50', 'p99', 'p50 in commits', 'p99 in commits', 'p99 of that without writes'],
        rows: [row('Parley', (round) => round.parley), row('Parley without writes', (round) => round.without)],
      },
    ],
    notes: [
      `_without writes_ is the same server whose inserts, updates and commits are left out, so that nothing is kept. A
commit of one message takes ${ms(of(({ commitMs }) => commitMs))}: the median of bare ones in the same rounds.`,
      'Aim: a p50 of 6 commits at most, a p99 of 10, and 2.5× that without writes at most.',
    ],
  };
}
