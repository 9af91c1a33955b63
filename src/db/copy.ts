/** A copy of the whole database while others write to it. */
import { closeSync, fdatasyncSync, fsyncSync, openSync } from 'node:fs';
import Database from 'better-sqlite3';
import { type ConnectionOptions, openForReading } from './pragmas.ts';

/** In one step, which is on the disk before the next one: 4 MiB at SQLite's usual page size. */
const PAGES_A_STEP = 1_000;
/** After a step, for so many times as long as it took, the disk is left to others. */
const REST = 1;
const MAX_REST_MS = 500;

/**
 * Copies `file` to `to`, a new file, with SQLite's online backup: one state of the file, whatever is written meanwhile.
 * Nobody waits for it: it holds a reading open, and all that costs is that the log is not emptied until it ends.
 *
 * @param onStep told the share that is done, 0 to 1
 */
export async function copyDatabase(
  file: string,
  to: string,
  options: ConnectionOptions = {},
  onStep: (share: number) => void = () => {},
): Promise<void> {
  const source = openForReading(file, options);
  const written = openSync(to, 'a');
  let began = performance.now();
  try {
    // Without a reading that is open from the first page to the last, each commit of the server would begin it anew.
    source.exec('BEGIN');
    source.prepare('select count(*) from sqlite_schema').get();
    await source.backup(to, {
      progress: ({ totalPages, remainingPages }) => {
        onStep(1 - remainingPages / Math.max(totalPages, 1));
        // All at once, at the end, it would fill the disk's queue, and each commit of the server would wait behind it.
        fdatasyncSync(written);
        rest(Math.min(REST * (performance.now() - began), MAX_REST_MS));
        began = performance.now();
        return PAGES_A_STEP;
      },
    });
  } finally {
    closeSync(written);
    source.close();
  }
  const copy = new Database(to, { fileMustExist: true, ...options });
  try {
    // One file, with no log that could be lost on the way; whoever serves it turns the log on again.
    copy.pragma('journal_mode = DELETE');
  } finally {
    copy.close();
  }
  flush(to);
}

function rest(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

/** Waits until it is on the disk. */
export function flush(file: string): void {
  const descriptor = openSync(file, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
