/** What people who talk to each other feel of many bots that write to others at the same time. */
import type { Bench } from '../bench.ts';
import type { OpenLoop } from '../load/open-loop.ts';
import type { Outcome } from '../load/tally.ts';
import { medianOf } from '../median.ts';
import { seedAsked } from '../seed/asked.ts';
import { seedPairs } from '../seed/pairs.ts';
import { Seed } from '../seed/seed.ts';
import { type Server, startLoad, startTalker } from '../servers/start.ts';
import { count, ms, type Section, times } from '../table.ts';

interface Round {
  quiet: Outcome;
  streaming: Outcome;
}

export async function bots(bench: Bench): Promise<Section> {
  const { streams, humanRate, humanSockets, humanSeconds, humanWarmSeconds } = bench.size;
  const talker = await startTalker();
  // In a process of its own: what customers hear is no work of those whose sends are measured.
  const hearing = startLoad();
  const rounds: Round[] = [];
  await bench.rounds(async () => {
    rounds.push({ quiet: await measure(0), streaming: await measure(streams) });
  });
  await hearing.stop();
  await talker.child.stop();

  /** Sends between people while so many bots write, in a server of its own. */
  async function measure(writing: number): Promise<Outcome> {
    const folder = bench.folder();
    const seed = await Seed.in(folder);
    const customers = seedAsked(seed, writing, talker.url);
    const { tokens, conversations } = seedPairs(seed, humanSockets);
    seed.end();
    const server = await bench.startParley({ folder });
    await hearing.ask('hold', { url: server.url, serverPid: server.child.pid, tokens: customers });
    await talker.child.ask('talking', writing);
    const outcome = await send(server, tokens, conversations);
    await hearing.ask('release', null);
    await server.child.stop();
    return outcome;
  }

  function send({ url, child }: Server, tokens: string[], conversations: string[]): Promise<Outcome> {
    const span = { warmMs: humanWarmSeconds * 1000, ms: humanSeconds * 1000 };
    const job = { rate: humanRate, deliveriesPerSend: 1, ...span, tokens, conversations, url };
    return bench.load.ask<Outcome>('openLoop', { ...job, serverPid: child.pid } satisfies OpenLoop);
  }

  const of = (value: (round: Round) => number) => medianOf(rounds, value);
  const row = (name: string, outcome: (round: Round) => Outcome) => [
    name,
    count(of((round) => outcome(round).acked)),
    ms(of((round) => outcome(round).p50)),
    ms(of((round) => outcome(round).p99)),
    of((round) => outcome(round).serverCores ?? Number.NaN).toFixed(2),
    times(of((round) => outcome(round).p99 / round.quiet.p99)),
  ];
  return {
    title: 'Sends beside bots that write',
    about: `${count(humanRate)} sends a second between people over ${count(humanSockets)} sockets, in a quiet server and in
one where ${count(streams)} bots write an answer each, a word every 25 ms, to customers who see it grow. Each load runs ${humanSeconds} s, after
${humanWarmSeconds} s that do not count.`,
    tables: [
      {
        head: ['', 'acked/s', 'p50', 'p99', 'cores', 'p99 of the quiet one'],
        rows: [row('quiet', (round) => round.quiet), row('bots write', (round) => round.streaming)],
      },
    ],
    notes: ['Aim: a p99 of 2× at most.'],
  };
}
