/** Acknowledged sends, against what `ws` alone and SQLite alone can do. */
import type { Bench } from '../bench.ts';
import type { ClosedLoop } from '../load/closed-loop.ts';
import type { Outcome } from '../load/tally.ts';
import { median, medianOf } from '../median.ts';
import { type Paired, seedPairsAlone } from '../seed/pairs.ts';
import type { Inserted, Inserts } from '../servers/inserts.ts';
import { type Server, startBare, startInserts } from '../servers/start.ts';
import { count, ms, percent, type Section, type Table } from '../table.ts';

/** Messages of a transaction of the bare inserts. */
const BATCH = 256;

interface Round {
  parley: Outcome;
  echo: Outcome;
  relay: Outcome;
  inserts: number;
}

interface Setting {
  senders: number;
  window: number;
  rounds: Round[];
}

const ABOUT = `Every socket belongs to somebody who talks with one other in a conversation of two. Each send is answered to
its sender when it is on the disk, and delivered to the other. _w_ is how many sends each socket has under way.`;

const NOTES = [
  `**echo**: a bare \`ws\` server that parses each of the same frames, serialises it and sends it back: one frame out for
each one in, where Parley has two. **relay**: the same server sending an answer and a delivery in Parley's shapes.
**inserts**: bare better-sqlite3 writing the same rows (message, conversation, participant) to the same schema with
the same durability in transactions of ${BATCH} messages, with nothing else to do. _cores_: how much of its core
the server used; _load_: how much of the other one the load used. Where the load is near 1, the figure is a lower bound.
_of both in turn_: of what one core could do that relays each message and then inserts it, and nothing else: neither who
asks nor what may be done, no search index.`,
  'Aim at 500 senders: 25% of the echo and 40% of the inserts.',
];

export async function sends(bench: Bench): Promise<Section> {
  const { senders, windows } = bench.size;
  const people = Math.max(2, ...senders);
  const folder = bench.folder();
  const paired = await seedPairsAlone(folder, people);
  const bareFolder = bench.folder();
  const { keys } = await seedPairsAlone(bareFolder, people);
  const [parley, echo, relay] = await Promise.all([
    bench.startParley({ folder }),
    startBare('echo'),
    startBare('relay'),
  ]);
  const inserts = startInserts();
  const settings = windows.flatMap((window) => senders.map((some): Setting => ({ senders: some, window, rounds: [] })));
  const insertJob: Inserts = { folder: bareFolder, senders: keys, batch: BATCH, ...bench.span };
  const commits: number[] = [];
  // An echo asks for no hello.
  const nobody = paired.tokens.map(() => null);

  await bench.rounds(async () => {
    const { rate } = await inserts.ask<Inserted>('inserts', insertJob);
    const single = await inserts.ask<Inserted>('inserts', { ...insertJob, batch: 1 });
    commits.push(single.commitMs);
    for (const setting of settings) {
      const run = (server: Server, tokens: (string | null)[], deliveries: number) =>
        bench.load.ask<Outcome>('closedLoop', job(bench, setting, server, paired, tokens, deliveries));
      const { tokens, conversations } = paired;
      setting.rounds.push({
        inserts: rate,
        echo: await run(echo, nobody, 0),
        parley: await run(parley, tokens, 1),
        // A bare server's hello names the conversation.
        relay: await run(relay, conversations, 1),
      });
    }
  });
  await Promise.all([parley.child.stop(), echo.child.stop(), relay.child.stop(), inserts.stop()]);
  const limits = `A commit of one message takes ${ms(median(commits))} on this disk; bare inserts reach ${count(
    medianOf(settings[0]?.rounds ?? [], (round) => round.inserts),
  )} messages/s.`;
  return { title: 'Acknowledged sends', about: ABOUT, tables: [table(settings)], notes: [limits, ...NOTES] };
}

function job(
  bench: Bench,
  { senders, window }: Setting,
  server: Server,
  { conversations }: Paired,
  tokens: (string | null)[],
  deliveriesPerSend: number,
): ClosedLoop {
  const sockets = Math.max(2, senders);
  return {
    url: server.url,
    serverPid: server.child.pid,
    tokens: tokens.slice(0, sockets),
    conversations: conversations.slice(0, sockets),
    senders,
    window,
    deliveriesPerSend,
    ...bench.span,
  };
}

function table(settings: readonly Setting[]): Table {
  const head = [
    'senders',
    'w',
    'acked/s',
    'p50',
    'p99',
    'cores (load)',
    'echo/s',
    'relay/s',
    'of echo',
    'of relay',
    'of inserts',
    'of both in turn',
  ];
  const rows = settings.map(({ senders, window, rounds }) => {
    const of = (value: (round: Round) => number) => medianOf(rounds, value);
    return [
      count(senders),
      count(window),
      count(of(({ parley }) => parley.acked)),
      ms(of(({ parley }) => parley.p50)),
      ms(of(({ parley }) => parley.p99)),
      `${of(({ parley }) => parley.serverCores ?? Number.NaN).toFixed(2)} (${of(({ parley }) => parley.loadCores).toFixed(2)})`,
      count(of(({ echo }) => echo.acked)),
      count(of(({ relay }) => relay.acked)),
      percent(of(({ parley, echo }) => parley.acked / echo.acked)),
      percent(of(({ parley, relay }) => parley.acked / relay.acked)),
      percent(of(({ parley, inserts }) => parley.acked / inserts)),
      percent(of(({ parley, relay, inserts }) => parley.acked * (1 / relay.acked + 1 / inserts))),
    ];
  });
  return { head, rows };
}
