/**
 * `npm run mutate`: makes the rules, the sockets, the hub and the stores wrong in one small way at a time, and tells which
 * ways no test notices. `--count` of all ways are drawn with `--seed`; each is written into a copy of the project and
 * shown to the tests that run its place (by what `npm run coverage` has kept), until one fails, or comes to no end.
 * `-- src/hub` draws of some folders or files only; `--again` tries only what nobody has noticed before; `--jobs 2` tries two
 * at a time. Below its floor it fails.
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { lines, parsed } from '../coverage/parsed.ts';
import { type Result, results } from '../coverage/results.ts';
import { runTest } from '../coverage/run-test.ts';
import { reasonOf } from './alike.ts';
import { sample, testsFor } from './chosen.ts';
import { type Mutant, mutantsOf } from './mutants.ts';
import { type Outcome, Outcomes } from './outcomes.ts';
import { Tree } from './tree.ts';

/** Percent of the mutants that tests must notice. */
const FLOOR = 85;
const FOLDERS = ['src/chat', 'src/ws', 'src/hub', 'src/db'];
/** Columns and their names, and what a tool makes of them: a word of it wrong, and nothing starts at all. */
const TABLES = ['src/db/migrations.ts', 'src/db/schema/'];
/** A test that takes so many times what it took, and this long, has come to no end. */
const LATE = { times: 8, ms: 40_000 };

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    count: { type: 'string', default: '250' },
    seed: { type: 'string', default: '1' },
    again: { type: 'boolean' },
    jobs: { type: 'string', default: '1' },
    // What the tests of a mutant may take together, in seconds: those that remain are not asked.
    budget: { type: 'string', default: '180' },
  },
});

const log = (text: string) => process.stdout.write(`${text}\n`);
const sources = parsed();
const folders = positionals.length > 0 ? positionals : FOLDERS;
const places = Array.from(sources)
  .filter(
    ([file]) =>
      !TABLES.some((table) => file.startsWith(table)) &&
      folders.some((folder) => file === folder || file.startsWith(`${folder}/`)),
  )
  .flatMap(([file, source]) => mutantsOf(file, source));

const kept = results();
const changed = new Set<string>();
for (const { ran } of kept) {
  for (const [file, bytes] of ran) {
    if (bytes.length === (sources.get(file)?.text.length ?? bytes.length)) continue;
    // Its other places are where they were, as far as anybody knows.
    ran.delete(file);
    changed.add(file);
  }
}
for (const file of changed) log(`${file} has changed since some of its tests were run: npm run coverage`);
const noticed = new Map<string, number>();
/** Which tests pass in a copy where nothing is wrong, of those that have failed once: one that does not notices nothing. */
const sound = new Map<string, boolean>();

const textOf = (file: string): string => sources.get(file)?.text ?? '';

/** How a person finds it: the line, what stood there, what stands there now. */
function told({ file, from, to, text }: Mutant): string {
  const source = textOf(file);
  const short = (part: string) => part.replaceAll(/\s+/g, ' ').slice(0, 120);
  return `${file}:${lines(source)(from)}  ${short(source.slice(from, to))}  →  ${short(text)}`;
}

async function tryOut(mutant: Mutant, source: string, tree: Tree): Promise<Outcome> {
  const asked = testsFor(mutant, kept, noticed).filter(({ test }) => sound.get(test) !== false);
  if (asked.length === 0) return { name: 'unrun' };
  const wrong = source.slice(0, mutant.from) + mutant.text + source.slice(mutant.to);
  const run = (text: string, { test, seconds }: Result) => {
    tree.write(mutant.file, text);
    tree.clean();
    const timeoutMs = Math.max(LATE.ms, seconds * 1000 * LATE.times);
    return runTest(test, { cwd: tree.folder, env: tree.env, timeoutMs, log: join(tree.folder, 'printed.tap') });
  };
  let left = Number(values.budget);
  try {
    for (const result of asked) {
      if (left <= 0) break;
      left -= result.seconds;
      const { end } = await run(wrong, result);
      if (end === 'passed') continue;
      // One that comes to no end may be slow today only, which it was not the last time.
      if (end === 'late' || !sound.has(result.test)) {
        sound.set(result.test, (await run(source, result)).end === 'passed');
      }
      if (sound.get(result.test)) return { name: end === 'late' ? 'late' : 'noticed', by: result.test };
    }
    return { name: 'survived' };
  } finally {
    tree.write(mutant.file, source);
  }
}

const drawn = sample(places, Number(values.count), Number(values.seed));
log(`${drawn.length} of ${places.length} mutants, seed ${values.seed}`);
const outcomes = new Outcomes();
const counts = { noticed: 0, late: 0, survived: 0, unrun: 0, alike: 0 };
async function judge(mutant: Mutant, tree: Tree): Promise<void> {
  const source = textOf(mutant.file);
  const reason = reasonOf(mutant, source);
  if (reason !== undefined) {
    counts.alike += 1;
    log(`alike     ${told(mutant)} (${reason})`);
    return;
  }
  const before = values.again ? outcomes.noticed(mutant, source) : null;
  const outcome = before ?? (await tryOut(mutant, source, tree));
  counts[outcome.name] += 1;
  if (before === null) {
    outcomes.keep(mutant, source, outcome);
    log(`${outcome.name.padEnd(9)} ${told(mutant)}${'by' in outcome ? ` (${outcome.by})` : ''}`);
  }
  if (!('by' in outcome)) return;
  const pair = `${mutant.file} ${outcome.by}`;
  noticed.set(pair, (noticed.get(pair) ?? 0) + 1);
}

const left = [...drawn];
async function work(): Promise<void> {
  const tree = new Tree();
  for (let mutant = left.shift(); mutant !== undefined; mutant = left.shift()) await judge(mutant, tree);
}

await Promise.all(Array.from({ length: Number(values.jobs) }, work));
const tried = counts.noticed + counts.late + counts.survived + counts.unrun;
const share = tried === 0 ? 100 : ((counts.noticed + counts.late) / tried) * 100;
log(
  `${share.toFixed(1)}% of ${tried} noticed (${counts.late} by coming to no end); ${counts.survived} survived, ` +
    `${counts.unrun} run by no test; ${counts.alike} change nothing`,
);
if (share < FLOOR) {
  log(`the floor is ${FLOOR}%`);
  process.exitCode = 1;
}
