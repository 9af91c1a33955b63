/** docs/soak.md and its drawing, of what a long run took. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { median } from '../median.ts';
import { count, mib, ms, times } from '../table.ts';
import { type Curve, drawing } from './drawing.ts';
import type { Sample } from './samples.ts';

export interface Soak {
  samples: readonly Sample[];
  /** Messages sent, each answered and delivered; people who came and went beside. */
  sent: number;
  passed: number;
  /** Sends a second, and what the machine could do. */
  rate: number;
  most: number;
  sockets: number;
  machine: string;
  /** How much the machine had to do for others, just before: processes that wanted a core. */
  others: number;
  date: Date;
}

const DOCS = join(import.meta.dirname, '../../docs');
/** A run that is as long says something. */
const LONG_MINUTES = 30;
/** A load that is no other work. */
const BUSY = 0.5;
const PICTURE = 'pictures/soak.svg';
/** Of the run, what is its beginning, its middle and its end. What comes before warms up. */
const PARTS = [
  [0.1, 0.3],
  [0.4, 0.6],
  [0.8, 1],
] as const;

const measures: [name: string, of: (sample: Sample) => number, text: (value: number) => string][] = [
  ['resident memory', ({ resident }) => resident, mib],
  ['open files', ({ openFiles }) => openFiles, count],
  ['log of the database', ({ log }) => log, mib],
  ['p50', ({ p50 }) => p50, ms],
  ['p99', ({ p99 }) => p99, ms],
];

function row(samples: readonly Sample[], [name, of, text]: (typeof measures)[number]): string {
  const parts = PARTS.map(([from, to]) =>
    median(samples.slice(Math.floor(from * samples.length), Math.ceil(to * samples.length)).map(of)),
  );
  const [begin = Number.NaN, , end = Number.NaN] = parts;
  return `| ${name} | ${parts.map(text).join(' | ')} | ${times(end / begin)} |`;
}

/** What to keep in mind of a run that was short, or on a machine that others used. */
function reservations(minutes: number, others: number): string {
  const told = [
    ...(minutes < LONG_MINUTES ? ['**So short a run shows that it works, and little else.**'] : []),
    ...(others > BUSY
      ? [`The machine had other work at the same time (a load of ${others.toFixed(1)}): latencies tell of that too.`]
      : []),
  ];
  return told.length === 0 ? '' : `\n${told.join(' ')}\n`;
}

/** The page. */
export function soakText({ samples, sent, passed, rate, most, sockets, machine, others, date }: Soak): string {
  const minutes = (samples.at(-1)?.seconds ?? 0) / 60;
  return `# A long run

What the server takes when it works for long at half of what the machine can do: whether anything grows that should not.
\`npm run soak -- --minutes 60\` runs it anew and writes this page.

${machine} On ${date.toISOString().slice(0, 10)}, ${minutes.toPrecision(3)} minutes.
${reservations(minutes, others)}
${count(sockets)} sockets, two by two in a conversation, sent ${count(rate)} messages a second (the machine could do
${count(most)}): ${count(sent)} in all, each on the disk, answered and delivered. Beside them ${count(passed)} people came,
said hello and went. The database grew to ${mib(samples.at(-1)?.database ?? 0)}.

| | beginning | middle | end | growth |
| --- | ---: | ---: | ---: | ---: |
${measures.map((measure) => row(samples, measure)).join('\n')}

Medians of the samples between 10 and 30, 40 and 60, 80 and 100 percent of the time. The latency runs from the moment at
which a send was due to its answer.

![The same over time](${PICTURE})
`;
}

function curvesOf(samples: readonly Sample[]): Curve[] {
  const MIB = 1024 ** 2;
  return [
    { title: 'Resident memory', unit: 'MiB', values: samples.map(({ resident }) => resident / MIB) },
    { title: 'Open files', unit: 'number', values: samples.map(({ openFiles }) => openFiles) },
    { title: 'Log of the database', unit: 'MiB', values: samples.map(({ log }) => log / MIB) },
    { title: 'p50 of a send', unit: 'ms', values: samples.map(({ p50 }) => p50) },
    { title: 'p99 of a send', unit: 'ms', values: samples.map(({ p99 }) => p99) },
  ];
}

export function writeSoak(run: Soak): void {
  writeFileSync(join(DOCS, 'soak.md'), soakText(run));
  const picture = drawing(
    run.samples.map(({ seconds }) => seconds),
    curvesOf(run.samples),
  );
  writeFileSync(join(DOCS, PICTURE), picture);
}
