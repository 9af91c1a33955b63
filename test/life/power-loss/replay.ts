/**
 * Replays what a traced server did and cuts the power whenever it matters: as something leaves for a client, and just
 * before a sync, when the most is at stake. Whatever was told by then has to be in the file that is found.
 */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { Disk, type Fate } from './disk.ts';
import type { Call } from './trace.ts';

export interface Replayed {
  /** The database, as the server knew its path. */
  file: string;
  /** Which ids a client learns from what is sent. */
  told(text: string): Iterable<string>;
  /** Which ids the file holds, by SQL. */
  stored: string;
  /** Where the found files are put, to be opened. */
  folder: string;
  seed: number;
}

export interface Verdict {
  /** Ids that were told. */
  told: number;
  /** Disks that were looked at. */
  disks: number;
  /** Of these, disks on which something told was missing, and ones that were damaged. */
  losing: number;
  damaged: number;
  /** The first thing that was wrong. */
  first: string | null;
}

/** Where nothing is pending all disks are alike: then only each so many is looked at. */
const SETTLED_LOOKED_AT = 15;
/** Before a sync of the log nothing of it was told yet: enough that each so many is looked at. */
const LOG_SYNCS_LOOKED_AT = 5;

export async function replay(calls: AsyncIterable<Call>, replayed: Replayed): Promise<Verdict> {
  const { file, told } = replayed;
  const paths = [file, `${file}-wal`];
  const disk = new Disk();
  const known = new Set<string>();
  const verdict: Verdict = { told: 0, disks: 0, losing: 0, damaged: 0, first: null };
  const chance = chances(replayed.seed);
  let settled = 0;
  let logSyncs = 0;

  const cutPower = () => {
    if (known.size === 0) return;
    const isSettled = disk.isSettled(paths);
    if (isSettled && settled++ % SETTLED_LOOKED_AT > 0) return;
    const fates: Fate[] = isSettled ? ['kept'] : ['lost', 'torn', 'torn', 'kept'];
    for (const fate of fates) {
      const found = paths.map((path) => disk.after(path, fate, chance));
      look(verdict, replayed, found, known, fate);
    }
  };

  for await (const call of calls) {
    if (call.call === 'send') {
      const before = known.size;
      for (const id of told(call.data.toString('latin1'))) known.add(id);
      if (known.size > before) cutPower();
    } else if (paths.includes(call.path)) {
      if (call.call === 'sync' && (call.path === file || logSyncs++ % LOG_SYNCS_LOOKED_AT === 0)) cutPower();
      disk.take(call);
    }
  }
  cutPower();
  verdict.told = known.size;
  return verdict;
}

/** Opens what was found, and notes what is wrong with it. */
function look(
  verdict: Verdict,
  { folder, stored }: Replayed,
  [file, log]: (Buffer | null | undefined)[],
  known: ReadonlySet<string>,
  fate: Fate,
): void {
  const path = join(folder, 'found.db');
  for (const suffix of ['', '-wal', '-shm']) rmSync(path + suffix, { force: true });
  if (file) writeFileSync(path, file);
  if (log) writeFileSync(`${path}-wal`, log);
  verdict.disks += 1;
  try {
    // Reading is enough to have the log taken in, and leaves out the syncs of a checkpoint.
    const database = new Database(path, { readonly: true });
    try {
      const whole = database.pragma('integrity_check', { simple: true });
      if (whole !== 'ok') throw new Error(String(whole));
      const ids = new Set(database.prepare(stored).pluck().all());
      const missing = [...known].filter((id) => !ids.has(id));
      if (missing.length === 0) return;
      verdict.losing += 1;
      verdict.first ??= `${missing.length} of ${known.size} told are missing where unsynced writes are ${fate}`;
    } finally {
      database.close();
    }
  } catch (error) {
    verdict.damaged += 1;
    verdict.first ??= `${String(error)} where unsynced writes are ${fate}`;
  }
}

/** Numbers from 0 to 1 that are the same for the same seed. */
function chances(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
