/** What an idle socket weighs, beside a bare one. */
import type { Bench } from '../bench.ts';
import type { Target } from '../load/lines.ts';
import type { Memory } from '../process/usage.ts';
import { seedPairsAlone } from '../seed/pairs.ts';
import { type Server, startBare } from '../servers/start.ts';
import { count, kib, type Section } from '../table.ts';

/** Sockets that are there before anything is weighed: by then the code is loaded. */
const THERE_BEFORE = 50;

const first = (sockets: number): number => Math.min(THERE_BEFORE, sockets / 2);

export async function memory(bench: Bench): Promise<Section> {
  const { idle } = bench.size;
  const folder = bench.folder();
  const { tokens } = await seedPairsAlone(folder, idle);
  const parley = await weigh(bench, await bench.startParley({ folder }), tokens);
  const nobody = tokens.map(() => null);
  const bare = await weigh(bench, await startBare('echo'), nobody);
  return {
    title: 'Memory of an idle socket',
    about: `${count(idle)} sockets of as many people, each in a conversation, have said hello and say nothing more. Measured
by the server process itself when the first ${first(idle)} are there and when all are, each time after collections of
garbage that give back all they can, and divided by the others.`,
    tables: [
      {
        head: ['', 'resident', 'JavaScript heap'],
        rows: [
          ['Parley', kib(parley.resident), kib(parley.heap)],
          ['bare `ws`', kib(bare.resident), kib(bare.heap)],
        ],
      },
    ],
    notes: [
      'The kernel keeps buffers of its own for each connection, which no process is charged with.',
      'Aim: 10 KiB resident, 3.5 KiB of heap.',
    ],
  };
}

/** Bytes a socket. */
async function weigh(bench: Bench, { child, url }: Server, tokens: (string | null)[]): Promise<Memory> {
  const target: Target = { url, serverPid: child.pid, tokens };
  const hold = (these: Target) => bench.load.ask('hold', these);
  const some = first(tokens.length);
  await hold({ ...target, tokens: tokens.slice(0, some) });
  const before = await child.ask<Memory>('memory');
  await hold({ ...target, tokens: tokens.slice(some) });
  const after = await child.ask<Memory>('memory');
  await bench.load.ask('release');
  await child.stop();
  return {
    resident: (after.resident - before.resident) / (tokens.length - some),
    heap: (after.heap - before.heap) / (tokens.length - some),
  };
}
