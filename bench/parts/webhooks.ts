/** How fast a receiver that was away is told what happened meanwhile, and what is kept of it. */
import { setTimeout } from 'node:timers/promises';
import type { Bench } from '../bench.ts';
import { medianOf } from '../median.ts';
import { CpuShares } from '../process/cpu.ts';
import { keptRows, seedUntold } from '../seed/told.ts';
import type { Received } from '../servers/receiver.ts';
import { startReceiver } from '../servers/start.ts';
import { count, type Section } from '../table.ts';

interface Round {
  perSecond: number;
  cores: number;
  doubles: number;
  /** Rows, when all was told and tidied up. */
  outbox: number;
  deliveries: number;
}

/** What was told is taken away every second, some rows at a time. */
const TIDY_MS = 250;
const TIDIED_WITHIN_MS = 20_000;

export async function webhooks(bench: Bench): Promise<Section> {
  const { events, eventConversations } = bench.size;
  const receiver = await startReceiver();
  const rounds: Round[] = [];
  await bench.rounds(async () => void rounds.push(await measure()));
  await receiver.child.stop();

  async function measure(): Promise<Round> {
    const folder = bench.folder();
    await seedUntold(folder, events, eventConversations, receiver.url);
    const server = await bench.startParley({ folder });
    const shares = new CpuShares([server.child.pid]);
    const { ms, doubles } = await receiver.child.ask<Received>('received', events);
    const cores = shares.end().servers ?? Number.NaN;
    const kept = await tidied(folder);
    await server.child.stop();
    return { perSecond: (events * 1000) / ms, cores, doubles, ...kept };
  }

  const of = (value: (round: Round) => number) => medianOf(rounds, value);
  return {
    title: 'Webhooks that catch up',
    about: `${count(events)} events of ${count(eventConversations)} conversations lie in the outbox when the server starts. A
receiver on the same machine takes each at once; those of a conversation come one after another. The time runs from the
first that it is sent to the last.`,
    tables: [
      {
        head: ['', 'deliveries/s', 'cores', 'told twice', 'rows left in the outbox', 'deliveries listed'],
        rows: [
          [
            'Parley',
            count(of(({ perSecond }) => perSecond)),
            of(({ cores }) => cores).toFixed(2),
            count(of(({ doubles }) => doubles)),
            count(of(({ outbox }) => outbox)),
            count(of(({ deliveries }) => deliveries)),
          ],
        ],
      },
    ],
    notes: ['Aim: 2,000 deliveries/s at least, and an outbox that is empty when all was told.'],
  };
}

/** The rows that stay, when what was told has been taken away; or after some time, whatever there is then. */
async function tidied(folder: string): Promise<{ outbox: number; deliveries: number }> {
  const late = performance.now() + TIDIED_WITHIN_MS;
  let kept = keptRows(folder);
  while (kept.outbox > 0 && performance.now() < late) {
    await setTimeout(TIDY_MS);
    kept = keptRows(folder);
  }
  return kept;
}
