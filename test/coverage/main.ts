/**
 * `npm run coverage`: runs the test files that need no browser, one after another (`--jobs 2`: two at a time), and tells how much of `src/` (but for
 * the pages) they run, by what V8 counts in the tests' process and in all that they start. Below its floors it fails.
 * `npm run coverage -- test/ws` runs those of a folder anew, `--missing` those that have no result yet, `--report` none;
 * each counts what all have run so far (`coverage/tests/`, by which `npm run mutate` knows what to run).
 */
import { globSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { root } from './parsed.ts';
import { addAll, type Ran, ranIn } from './ran.ts';
import { percent, reportOf, reportText, total } from './report.ts';
import { hasResult, keepResult, results } from './results.ts';
import { runTest } from './run-test.ts';

/** Percent. */
const FLOORS = { lines: 95, branches: 90 };
/** No quiet machine needs a tenth of it. */
const TIMEOUT_MS = 900_000;
/** What is about pages, or about what is made of the sources: V8 counts none of it for these files. */
const ELSEWHERE = ['test/browser/**', 'test/web/**', 'test/binary/**', 'test/bench/**'];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { missing: { type: 'boolean' }, report: { type: 'boolean' }, jobs: { type: 'string', default: '1' } },
});

const log = (text: string) => process.stderr.write(`${text}\n`);

function asked(): string[] {
  if (values.report) return [];
  const files =
    positionals.length > 0
      ? positionals.flatMap((path) => (statSync(join(root, path)).isDirectory() ? testsIn(path) : [path]))
      : testsIn('test');
  return values.missing ? files.filter((file) => !hasResult(file)) : files;
}

function testsIn(folder: string): string[] {
  return globSync(`${folder}/**/*.test.ts`, { cwd: root, exclude: ELSEWHERE }).sort();
}

/** Runs a test file, with a folder for what it counts and one for what it logs. */
async function measured(test: string): Promise<void> {
  const counts = mkdtempSync(join(tmpdir(), 'parley-coverage-'));
  const logs = mkdtempSync(join(tmpdir(), 'parley-run-log-'));
  const printed = join(logs, 'printed.tap');
  try {
    const run = await runTest(test, {
      cwd: root,
      // What was compiled in another process is counted less exactly.
      env: { ...process.env, NODE_V8_COVERAGE: counts, NODE_DISABLE_COMPILE_CACHE: '1', TEST_RUN_LOG: logs },
      timeoutMs: TIMEOUT_MS,
      log: printed,
    });
    keepResult({ test, ...run, ran: ranIn(counts, root) });
    log(`${run.end} in ${run.seconds.toFixed(1)} s: ${test}`);
    if (run.end !== 'passed') log(failures(readFileSync(printed, 'utf8')));
  } finally {
    for (const folder of [counts, logs]) rmSync(folder, { recursive: true, force: true });
  }
}

function failures(tap: string): string {
  return (tap.match(/^ *not ok .*$/gm) ?? [tap.slice(-2_000)]).join('\n');
}

const tests = asked();
if (tests.length > 0) await (await import(join(root, 'bin/before-tests.mjs'))).beforeTests();
async function work(): Promise<void> {
  for (let test = tests.shift(); test !== undefined; test = tests.shift()) await measured(test);
}

await Promise.all(Array.from({ length: Number(values.jobs) }, work));

const ran: Ran = new Map();
const all = results();
for (const result of all) addAll(ran, result.ran);
const reports = reportOf(ran);
process.stdout.write(`${reportText(reports)}\n`);
const shares = {
  lines: percent(total(reports.map((report) => report.lines))),
  branches: percent(total(reports.map((report) => report.branches))),
};
for (const { test, end } of all) {
  if (end === 'passed') continue;
  log(`${end}: ${test}`);
  process.exitCode = 1;
}
for (const what of ['lines', 'branches'] as const) {
  if (shares[what] >= FLOORS[what]) continue;
  log(`${shares[what].toFixed(2)}% of the ${what} were run: the floor is ${FLOORS[what]}%`);
  process.exitCode = 1;
}
