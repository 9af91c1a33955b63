/** Where the time of a send goes: Parley under the load of many sockets, beside what bare inserts of the same rows take. */
import type { Bench } from '../bench.ts';
import { flameGraph } from '../flame/drawing.ts';
import { look, type Profile, type Tower } from '../flame/profile.ts';
import { KIND_NAMES } from '../flame/subjects.ts';
import type { ClosedLoop } from '../load/closed-loop.ts';
import type { Outcome } from '../load/tally.ts';
import { median } from '../median.ts';
import type { Profiling } from '../process/profiling.ts';
import { type Paired, seedPairsAlone } from '../seed/pairs.ts';
import type { Inserted } from '../servers/inserts.ts';
import { startInserts, startProfiled } from '../servers/start.ts';
import { count, percent, type Section } from '../table.ts';

/** Messages of a transaction of the bare inserts. */
const BATCH = 256;
const PICTURE = 'sends-flame.svg';

interface Setting {
  window: number;
  /** Of each round: sends answered a second. */
  acked: number[];
  /** Answered while it was looked at, in all rounds. */
  sends: number;
  /** Microseconds of each kind of work, of all rounds together. */
  kinds: Map<string, number>;
  /** Of the last round. */
  tower: Tower | null;
}

export async function flame(bench: Bench): Promise<Section> {
  const sockets = Math.max(2, ...bench.size.senders);
  const settings = bench.size.windows.map(
    (window): Setting => ({ window, acked: [], sends: 0, kinds: new Map(), tower: null }),
  );
  const { keys } = await seedPairsAlone(bench.folder(), sockets);
  const insertFolder = bench.folder();
  await seedPairsAlone(insertFolder, sockets);
  const inserts = startInserts();
  const rates: number[] = [];
  await bench.rounds(async () => {
    const { rate } = await inserts.ask<Inserted>('inserts', {
      folder: insertFolder,
      senders: keys,
      batch: BATCH,
      ...bench.span,
    });
    rates.push(rate);
    for (const setting of settings) await measure(bench, sockets, setting);
  });
  await inserts.stop();
  return section(sockets, settings, median(rates));
}

/** A server of its own each time: what was sent before shall not lie in its memory. */
async function measure(bench: Bench, sockets: number, setting: Setting): Promise<void> {
  const folder = bench.folder();
  const paired = await seedPairsAlone(folder, sockets);
  const parley = await startProfiled(folder);
  const { warmMs, ms } = bench.span;
  // The first burst is over by then, and the code compiled; it ends before the load does.
  const profiling: Profiling = { afterMs: warmMs + ms * 2, ms: ms * 3 };
  const [profile, outcome] = await Promise.all([
    parley.child.ask<Profile>('profile', profiling),
    bench.load.ask<Outcome>(
      'closedLoop',
      loop(paired, setting.window, parley, { warmMs: warmMs + ms * 2, ms: ms * 4 }),
    ),
  ]);
  await parley.child.stop();
  const { tower, kinds, us: looked } = look(profile);
  for (const [kind, us] of kinds) setting.kinds.set(kind, (setting.kinds.get(kind) ?? 0) + us);
  setting.acked.push(outcome.acked);
  setting.sends += (outcome.acked * looked) / 1e6;
  setting.tower = tower;
}

function loop(
  { tokens, conversations }: Paired,
  window: number,
  { url, child }: { url: string; child: { pid: number } },
  span: { warmMs: number; ms: number },
): ClosedLoop {
  const senders = tokens.length;
  return { url, serverPid: child.pid, tokens, conversations, senders, window, deliveriesPerSend: 1, ...span };
}

function section(sockets: number, settings: readonly Setting[], insertRate: number): Section {
  const busy = (setting: Setting) => sum([...setting.kinds.values()]);
  const cells = (of: (setting: Setting) => string) => settings.map(of);
  const perSend = (us: number, { sends }: Setting) => (us / sends).toFixed(1);
  const rows = KIND_NAMES.map((name) => [
    name,
    ...settings.flatMap((setting) => {
      const us = setting.kinds.get(name) ?? 0;
      return [perSend(us, setting), percent(us / busy(setting))];
    }),
  ]);
  const all = ['**all**', ...settings.flatMap((setting) => [perSend(busy(setting), setting), '100%'])];
  const rated = cells(({ window, acked }) => {
    const rate = median(acked);
    return `with w = ${window} ${count(rate)} acked/s, ${percent(rate / insertRate)} of the inserts`;
  });
  const tower = settings[0]?.tower ?? null;
  return {
    title: 'Where the time of a send goes',
    about: `What the server’s core does for one acknowledged send over ${count(sockets)} sockets, in microseconds and as a share, by
V8’s profiler, which takes a little itself. Waiting is left out, and so is what was done until everybody was in. A bare
insert of the same rows in a transaction of ${BATCH} takes ${(1e6 / insertRate).toFixed(1)} µs, commit and all: the rest is what a server does for it.`,
    tables: [{ head: ['', ...settings.flatMap(({ window }) => [`µs, w = ${window}`, 'share'])], rows: [...rows, all] }],
    notes: [
      `Meanwhile: ${rated.join('; ')}.`,
      ...(tower === null ? [] : [`![The same as a flame graph, w = ${settings[0]?.window}](pictures/${PICTURE})`]),
    ],
    pictures:
      tower === null ? [] : [{ name: PICTURE, svg: flameGraph(tower, `A send’s time over ${sockets} sockets`) }],
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((all, value) => all + value, 0);
}
