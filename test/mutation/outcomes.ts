/** What became of the mutants that were tried, kept so that `--again` asks only about those that nobody noticed. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../coverage/parsed.ts';
import type { Mutant } from './mutants.ts';

export type Outcome =
  | { name: 'noticed' | 'late'; by: string }
  /** The tests that were asked have all passed. */
  | { name: 'survived' }
  /** No test runs the place. */
  | { name: 'unrun' };

const folder = join(root, 'coverage');
const file = join(folder, 'mutants.json');

export class Outcomes {
  private readonly byMutant: Map<string, Outcome>;

  constructor() {
    const kept = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Record<string, Outcome>) : {};
    this.byMutant = new Map(Object.entries(kept));
  }

  /** The test that noticed this mutant of this source before. */
  noticed(mutant: Mutant, source: string): Outcome | null {
    const outcome = this.byMutant.get(keyOf(mutant, source));
    return outcome?.name === 'noticed' || outcome?.name === 'late' ? outcome : null;
  }

  keep(mutant: Mutant, source: string, outcome: Outcome): void {
    this.byMutant.set(keyOf(mutant, source), outcome);
    mkdirSync(folder, { recursive: true });
    writeFileSync(file, JSON.stringify(Object.fromEntries(this.byMutant)));
  }
}

/** Of a source that has changed, another. */
function keyOf({ file: path, from, to, text }: Mutant, source: string): string {
  return `${path} ${source.length} ${from}-${to} ${text}`;
}
