/** Acknowledged sends through one, two and three servers on one PostgreSQL, beside a server with a file of its own. */
import { availableParallelism } from 'node:os';
import type { Bench } from '../bench.ts';
import type { ClosedLoop } from '../load/closed-loop.ts';
import type { Outcome } from '../load/tally.ts';
import { medianOf } from '../median.ts';
import { type Paired, seedPairsAlone } from '../seed/pairs.ts';
import { startPostgres } from '../servers/postgres.ts';
import { runParley, type Server } from '../servers/start.ts';
import { count, ms, type Section, times } from '../table.ts';

const SERVERS = [1, 2, 3];
const METRICS_TOKEN = 'for-nobody-but-who-measures-batches';

interface Measured extends Outcome {
  /** Of all servers, a second. */
  batches: number;
}

/** By the number of servers; 0: the file. */
type Round = Map<number, Measured>;

interface Place {
  folder: string;
  settings: Record<string, string>;
  /** PostgreSQL's first process. */
  database: number | null;
}

export async function servers(bench: Bench): Promise<Section> {
  const { sharedSenders: senders, sharedWindow: window } = bench.size;
  const folder = bench.folder();
  const paired = await seedPairsAlone(folder, senders);
  const postgres = startPostgres(bench.folder());
  if (postgres === null) throw new Error('servers: there is no PostgreSQL in /usr/lib/postgresql');
  await runParley(['migrate', '--from', `sqlite:${folder}`, '--to', postgres.url]);
  const file: Place = { folder, settings: {}, database: null };
  const shared: Place = {
    folder: bench.folder(),
    settings: { PARLEY_DATABASE: postgres.url },
    database: postgres.pid,
  };
  const rounds: Round[] = [];
  await bench.rounds(async () => {
    const round: Round = new Map();
    for (const number of [0, ...SERVERS]) {
      round.set(number, await measured(bench, paired, number === 0 ? file : shared, Math.max(1, number)));
    }
    rounds.push(round);
  });
  await postgres.stop();

  const of = (number: number, value: (measured: Measured, round: Round) => number) =>
    medianOf(rounds, (round) => value(round.get(number) as Measured, round));
  const spent = (number: number, what: 'serverCores' | 'databaseCores' | 'loadCores') =>
    of(number, (one) => ((one[what] ?? Number.NaN) * 1e6) / one.acked);
  const micro = (value: number) => (Number.isNaN(value) ? '–' : `${count(value)} µs`);
  const row = (number: number) => [
    number === 0 ? 'a file, 1 server' : `PostgreSQL, ${number} server${number === 1 ? '' : 's'}`,
    count(of(number, ({ acked }) => acked)),
    times(of(number, ({ acked }, round) => acked / (round.get(1)?.acked ?? Number.NaN))),
    ms(of(number, ({ p50 }) => p50)),
    ms(of(number, ({ p99 }) => p99)),
    count(of(number, ({ batches }) => batches)),
    of(number, ({ acked, batches }) => acked / batches).toFixed(1),
    micro(spent(number, 'serverCores')),
    number === 0 ? '–' : micro(spent(number, 'databaseCores')),
    micro(spent(number, 'loadCores')),
  ];
  return {
    title: 'Servers on one PostgreSQL',
    about: `${count(senders)} sockets, spread over the servers in turn, ${window} sends under way on each; the two of a conversation are at
different servers where there are several. ${postgres.version} with its own settings; it, the servers and the load, each a process of
its own, share ${availableParallelism()} cores. _a send_: processor time of all servers, of PostgreSQL, of the load.`,
    tables: [
      {
        head: [
          '',
          'acked/s',
          'of one server',
          'p50',
          'p99',
          'batches/s',
          'sends a batch',
          'servers, a send',
          'PostgreSQL, a send',
          'load, a send',
        ],
        rows: [0, ...SERVERS].map(row),
      },
    ],
    notes: [],
  };
}

async function measured(bench: Bench, paired: Paired, place: Place, number: number): Promise<Measured> {
  const settings = { ...place.settings, PARLEY_METRICS_TOKEN: METRICS_TOKEN };
  const started: Server[] = [];
  while (started.length < number) {
    started.push(await bench.startParley({ folder: place.folder, settings, alone: false }));
  }
  const [first, ...others] = started as [Server, ...Server[]];
  const job: ClosedLoop = {
    url: first.url,
    serverPid: first.child.pid,
    ...(place.database === null
      ? {}
      : {
          beside: {
            urls: others.map(({ url }) => url),
            pids: others.map(({ child }) => child.pid),
            database: place.database,
          },
        }),
    ...paired,
    senders: paired.tokens.length,
    window: bench.size.sharedWindow,
    deliveriesPerSend: 1,
    ...bench.span,
  };
  const before = await batchesOf(started);
  const outcome = await bench.load.ask<Outcome>('closedLoop', job);
  const after = await batchesOf(started);
  await Promise.all(started.map(({ child }) => child.stop()));
  // Those of the whole load, of which a part counts: its share is that of the sends.
  const perBatch = (after.changes - before.changes) / (after.batches - before.batches);
  return { ...outcome, batches: outcome.acked / perBatch };
}

/** How many batches the servers have written, and how many changes in them. */
async function batchesOf(started: readonly Server[]): Promise<{ batches: number; changes: number }> {
  const all = { batches: 0, changes: 0 };
  for (const { url } of started) {
    const answer = await fetch(`${url}/metrics`, { headers: { authorization: `Bearer ${METRICS_TOKEN}` } });
    const text = await answer.text();
    const figure = (name: string) => Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1] ?? 0);
    all.batches += figure('parley_batch_changes_count');
    all.changes += figure('parley_batch_changes_sum');
  }
  return all;
}
