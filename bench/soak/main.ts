/**
 * `npm run soak -- --minutes 60`: half of what the machine can do, for long, and what the server takes meanwhile. Writes
 * docs/soak.md and its drawing; with `--no-write` it only prints.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { ClosedLoop } from '../load/closed-loop.ts';
import type { SteadyLoad, Stretch } from '../load/steady-load.ts';
import type { Outcome } from '../load/tally.ts';
import { machine } from '../machine.ts';
import { seedPairsAlone } from '../seed/pairs.ts';
import { startLoad, startParley } from '../servers/start.ts';
import { soakText, writeSoak } from './page.ts';
import { type Sample, sample, sampleLine } from './samples.ts';

const SOCKETS = 500;
const PASSING = 100;
/** So many, but none shorter than a second; a few in any case. */
const SAMPLES = { most: 120, fewest: 6 };
/** How long it is measured what the machine can do. */
const CAPACITY_MS = 5_000;

const { values } = parseArgs({
  allowNegative: true,
  options: {
    minutes: { type: 'string', default: '60' },
    /** Sends a second; half of what the machine can do when absent. */
    rate: { type: 'string' },
    sockets: { type: 'string', default: String(SOCKETS) },
    disk: { type: 'string', default: tmpdir() },
    write: { type: 'boolean', default: true },
  },
});

async function soak(folder: string): Promise<void> {
  const ms = Number(values.minutes) * 60_000;
  const [others = 0] = loadavg();
  const sockets = 2 * Math.ceil(Number(values.sockets) / 2);
  if (!(ms > 0 && sockets > 0)) throw new Error('--minutes and --sockets must be numbers above 0');
  const { tokens, conversations } = await seedPairsAlone(folder, sockets + PASSING);
  const people = { tokens: tokens.slice(0, sockets), conversations: conversations.slice(0, sockets) };
  const load = startLoad();
  const { url, child } = await startParley({ folder });
  const target = { url, serverPid: child.pid };
  const capacity: ClosedLoop = {
    ...target,
    ...people,
    senders: sockets,
    window: 1,
    deliveriesPerSend: 1,
    warmMs: Math.min(CAPACITY_MS, ms) / 5,
    ms: Math.min(CAPACITY_MS, ms),
  };
  const most = (await load.ask<Outcome>('closedLoop', capacity)).acked;
  const rate = Math.max(1, Math.round(Number(values.rate ?? most / 2)));
  process.stderr.write(`${Math.round(most)} sends a second at most; ${rate} for ${values.minutes} minutes\n`);
  const job: SteadyLoad = { ...target, ...people, rate, passing: tokens.slice(sockets) };
  await load.ask('begin', job);
  const samples: Sample[] = [];
  const began = performance.now();
  const many = Math.max(SAMPLES.fewest, Math.min(SAMPLES.most, Math.floor(ms / 1000)));
  for (let place = 1; place <= many; place += 1) {
    await setTimeout(Math.max(1, began + (place * ms) / many - performance.now()));
    const stretch = await load.ask<Stretch>('stretch');
    samples.push(sample(child.pid, folder, (performance.now() - began) / 1000, stretch));
    process.stderr.write(`${sampleLine(samples.at(-1) as Sample)}\n`);
  }
  const { sent, passed } = await load.ask<{ sent: number; passed: number }>('end');
  await Promise.all([child.stop(), load.stop()]);
  const run = { samples, sent, passed, rate, most, sockets, machine: machine(folder), others, date: new Date() };
  process.stdout.write(soakText(run));
  if (values.write) writeSoak(run);
}

const folder = mkdtempSync(join(resolve(values.disk), 'parley-soak-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
await soak(folder);
