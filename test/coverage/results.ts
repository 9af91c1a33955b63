/** What each test file has run, kept from run to run: `coverage/tests/` holds a file for each. */
import { existsSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { root } from './parsed.ts';
import { fromStretches, type Ran, type Stretches, toStretches } from './ran.ts';
import type { TestRun } from './run-test.ts';

const folder = join(root, 'coverage', 'tests');

export interface Result extends TestRun {
  test: string;
  ran: Ran;
}

const fileOf = (test: string): string => join(folder, `${test}.json`);

export function hasResult(test: string): boolean {
  return existsSync(fileOf(test));
}

export function keepResult({ test, end, seconds, ran }: Result): void {
  const file = fileOf(test);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify({ test, end, seconds, ran: toStretches(ran) }));
}

/** Those of the test files that are still there. */
export function results(): Result[] {
  return globSync('**/*.json', { cwd: folder })
    .sort()
    .map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as TestRun & { test: string; ran: Stretches })
    .filter(({ test }) => existsSync(join(root, test)))
    .map((kept) => ({ ...kept, ran: fromStretches(kept.ran) }));
}
