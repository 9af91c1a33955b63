/**
 * One byte of the database is another. Of what holds rows together the start or `parley check` says so. SQLite keeps no
 * sums over what rows say, so a letter that became another is a text like any other: that is counted, and nothing else
 * may pass, no row less, no reference to nothing, no page that cannot be read.
 */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import t from 'tap';
import { inspectWhole } from '../../src/db/findings.ts';
import { inspect } from '../../src/db/inspect.ts';
import { migrations } from '../../src/db/migrations.ts';
import { ofTheFile } from '../database.ts';
import { everything, type Rows } from '../db/all-rows.ts';
import { layRelease } from '../db/releases/release.ts';
import { seed } from '../seed.ts';
import { Chance } from './chance.ts';
import { countOf } from './counts.ts';
import { tempFolder } from './talk.ts';

const FLIPS = countOf('FLIPS', 100, 5_000);

t.setTimeout(120_000 + FLIPS * 200);

type Outcome = 'the start refuses' | 'parley check finds it' | 'a value is another' | 'nothing is different';

/** What becomes of a file; throws where a fault passes that must not. */
function outcomeOf(file: string, before: Map<string, Rows>): Outcome {
  try {
    inspect(file);
  } catch (error) {
    if ((error as Error).name === 'StartError') return 'the start refuses';
    throw error;
  }
  if (inspectWhole(file).findings.length > 0) return 'parley check finds it';
  const database = new Database(file, { readonly: true });
  try {
    const now = everything(database);
    const sizes = (all: Map<string, Rows>) => JSON.stringify([...all].map(([name, rows]) => [name, rows.length]));
    if (sizes(now) !== sizes(before)) throw new Error('rows are missing, and nobody says so');
    return JSON.stringify([...now]) === JSON.stringify([...before]) ? 'nothing is different' : 'a value is another';
  } finally {
    database.close();
  }
}

t.test('a byte that is another is told, or is nothing but a value', { skip: ofTheFile }, async (t) => {
  const folder = tempFolder(t);
  layRelease(migrations.at(-1)?.name ?? '', folder);
  const file = join(folder, 'parley.db');
  const database = new Database(file);
  const before = everything(database);
  database.close();
  const whole = readFileSync(file);
  // Most of the file is room that nothing uses: bytes that are something are chosen.
  const used = [...whole.keys()].filter((at) => whole[at] !== 0);
  const counts = new Map<Outcome, number>();
  for (let flip = 0; flip < FLIPS; flip += 1) {
    const chance = new Chance(seed, flip);
    const at = chance.one(used);
    const spoilt = Buffer.from(whole);
    spoilt[at] = (whole[at] as number) ^ (1 << chance.below(8));
    for (const suffix of ['-wal', '-shm']) rmSync(file + suffix, { force: true });
    writeFileSync(file, spoilt);
    try {
      const outcome = outcomeOf(file, before);
      counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
    } catch (error) {
      t.fail(`byte ${at}, flip ${flip} of SEED=${seed}: ${String(error)}`);
    }
  }
  t.comment(`SEED=${seed}: ${[...counts].map(([outcome, many]) => `${outcome} ${many}`).join(', ')}`);
  t.ok((counts.get('the start refuses') ?? 0) > 0, 'the start finds some');
});
