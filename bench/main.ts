/**
 * `npm run bench`: measures Parley against the limits of what it is built on and writes docs/performance.md.
 * `npm run bench -- sends readings` measures these parts only and prints, with `--write` also writes their sections;
 * `--quick` takes a minute and only prints.
 */
import { mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { Bench, type Part } from './bench.ts';
import { machine } from './machine.ts';
import { type Run, runText, writePage } from './page.ts';
import { backup } from './parts/backup.ts';
import { bots } from './parts/bots.ts';
import { fanOut } from './parts/fan-out.ts';
import { files } from './parts/files.ts';
import { flame } from './parts/flame.ts';
import { bringingIn } from './parts/import.ts';
import { memory } from './parts/memory.ts';
import { peers } from './parts/peers.ts';
import { readings } from './parts/readings.ts';
import { search } from './parts/search.ts';
import { sends } from './parts/sends.ts';
import { servers } from './parts/servers.ts';
import { steady } from './parts/steady.ts';
import { webhooks } from './parts/webhooks.ts';
import { type Size, sizes } from './size.ts';
import type { Section } from './table.ts';

const parts: ReadonlyMap<string, Part> = new Map([
  ['sends', sends],
  ['fan-out', fanOut],
  ['memory', memory],
  ['files', files],
  ['readings', readings],
  ['search', search],
  ['steady', steady],
  ['bots', bots],
  ['webhooks', webhooks],
  ['backup', backup],
  ['import', bringingIn],
  ['flame', flame],
  ['servers', servers],
  ['peers', peers],
]);
/** What needs more than this project: it is measured when it is named. */
const NAMED_ONLY: ReadonlySet<string> = new Set(['peers', 'servers']);

const HELP = `Usage: npm run bench -- [options] [part …]

Parts: ${[...parts.keys()].join(', ')}; when none is named, all but peers, which installs what it compares with, and\nservers, which needs PostgreSQL.

Options:
  --quick          about a minute, one round
  --tiny           some seconds: shows that it runs, the figures say nothing
  --rounds <n>     rounds, of which the medians are told
  --seconds <s>    how long each load runs
  --disk <folder>  where the data is kept meanwhile (the system's folder for temporary files)
  --profile <dir>  a CPU profile of each Parley that is started; the figures suffer
  --[no-]write     whether docs/performance.md is written (as a full run of all parts does)
`;

interface Asked {
  size: Size;
  names: readonly string[];
  disk: string;
  profiles: string | null;
  write: boolean;
}

function readArguments(args: readonly string[]): Asked | null {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    allowNegative: true,
    options: {
      help: { type: 'boolean' },
      quick: { type: 'boolean' },
      tiny: { type: 'boolean' },
      rounds: { type: 'string' },
      seconds: { type: 'string' },
      disk: { type: 'string', default: tmpdir() },
      profile: { type: 'string' },
      write: { type: 'boolean' },
    },
  });
  if (values.help) return null;
  const unknown = positionals.find((name) => !parts.has(name));
  if (unknown !== undefined) throw new Error(`there is no part "${unknown}": the parts are ${[...parts.keys()]}`);
  const given = values.tiny ? sizes.tiny : values.quick ? sizes.quick : sizes.full;
  const size = {
    ...given,
    rounds: Math.round(above('rounds', values.rounds, given.rounds)),
    seconds: above('seconds', values.seconds, given.seconds),
  };
  return {
    size,
    names: positionals.length > 0 ? positionals : [...parts.keys()].filter((name) => !NAMED_ONLY.has(name)),
    disk: resolve(values.disk),
    profiles: values.profile === undefined ? null : resolve(values.profile),
    write: values.write ?? (given === sizes.full && positionals.length === 0 && values.profile === undefined),
  };
}

function above(name: string, text: string | undefined, fallback: number): number {
  if (text === undefined) return fallback;
  const number = Number(text);
  if (!(number > 0)) throw new Error(`--${name} must be a number above 0, for example --${name} ${fallback}`);
  return number;
}

async function main({ size, names, disk, profiles, write }: Asked): Promise<void> {
  mkdirSync(disk, { recursive: true });
  const log = (text: string) => process.stderr.write(`${text}\n`);
  const bench = new Bench({ size, disk, profiles, log });
  const sections: Section[] = [];
  try {
    for (const name of names) {
      log(name);
      const part = parts.get(name);
      if (part !== undefined) sections.push(await part(bench));
      bench.clean();
    }
  } finally {
    await bench.end();
  }
  const { rounds, seconds } = size;
  const run: Run = { sections, machine: machine(disk), rounds, seconds, date: new Date() };
  process.stdout.write(`${runText(run)}\n`);
  if (write) writePage(run);
}

function askedOrExplained(): Asked | null {
  try {
    return readArguments(process.argv.slice(2));
  } catch (error) {
    process.stderr.write(`bench: ${(error as Error).message}\n`);
    process.exit(1);
  }
}

const asked = askedOrExplained();
// Ended from outside, it still ends its children and deletes its folders.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
if (asked === null) process.stdout.write(HELP);
else await main(asked);
