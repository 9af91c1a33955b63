/** Deliveries to a room, against a bare broadcast. */
import type { Bench } from '../bench.ts';
import type { FanOut } from '../load/fan-out.ts';
import type { Outcome } from '../load/tally.ts';
import { medianOf } from '../median.ts';
import { type Room, seedRooms } from '../seed/rooms.ts';
import { type Server, startBare } from '../servers/start.ts';
import { count, ms, percent, type Section, type Table } from '../table.ts';

interface Round {
  parley: Outcome;
  gather: Outcome;
  relay: Outcome;
}

interface Setting {
  room: Room;
  window: number;
  rounds: Round[];
}

const ABOUT = `One socket sends to a room in which all the others hear. _w_ is how many messages may be on their way: the
next one is sent when one has been answered and has reached everybody. Each message is kept before it is delivered.`;

const NOTES = [
  `**corked**: a bare \`ws\` server sending the same frames to the same sockets, each message serialised once, those of a
turn of the loop in one write a socket. **uncorked**: one write a message and socket. Neither keeps anything. _cores_ and
_load_ as above.`,
  'Aim at 1,000 sockets: 80% of the corked broadcast with w = 1, 95% with w = 8.',
];

export async function fanOut(bench: Bench): Promise<Section> {
  const folder = bench.folder();
  const rooms = await seedRooms(folder, bench.size.hearers);
  const [parley, gather, relay] = await Promise.all([
    bench.startParley({ folder }),
    startBare('gather'),
    startBare('relay'),
  ]);
  const settings = rooms.flatMap((room) =>
    bench.size.roomWindows.map((window): Setting => ({ room, window, rounds: [] })),
  );
  await bench.rounds(async () => {
    for (const setting of settings) {
      const run = (server: Server, tokens: string[]) =>
        bench.load.ask<Outcome>('fanOut', job(bench, setting, server, tokens));
      const { tokens, conversation } = setting.room;
      const members = tokens.map(() => conversation);
      setting.rounds.push({
        gather: await run(gather, members),
        parley: await run(parley, tokens),
        relay: await run(relay, members),
      });
    }
  });
  await Promise.all([parley.child.stop(), gather.child.stop(), relay.child.stop()]);
  return { title: 'Fan-out in a room', about: ABOUT, tables: [table(settings)], notes: NOTES };
}

function job(bench: Bench, { room, window }: Setting, server: Server, tokens: string[]): FanOut {
  const { conversation } = room;
  return { url: server.url, serverPid: server.child.pid, tokens, conversation, window, ...bench.span };
}

function table(settings: readonly Setting[]): Table {
  const head = [
    'sockets',
    'w',
    'deliveries/s',
    'p50 of the answer',
    'cores (load)',
    'corked/s',
    'uncorked/s',
    'of corked',
    'of uncorked',
  ];
  const rows = settings.map(({ room, window, rounds }) => {
    const of = (value: (round: Round) => number) => medianOf(rounds, value);
    return [
      count(room.hearers),
      count(window),
      count(of(({ parley }) => parley.delivered)),
      ms(of(({ parley }) => parley.p50)),
      `${of(({ parley }) => parley.serverCores ?? Number.NaN).toFixed(2)} (${of(({ parley }) => parley.loadCores).toFixed(2)})`,
      count(of(({ gather }) => gather.delivered)),
      count(of(({ relay }) => relay.delivered)),
      percent(of(({ parley, gather }) => parley.delivered / gather.delivered)),
      percent(of(({ parley, relay }) => parley.delivered / relay.delivered)),
    ];
  });
  return { head, rows };
}
