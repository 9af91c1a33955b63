/** A copy of the whole database while others write to it. */
import { closeSync, fdatasyncSync, fsyncSync, openSync } from 'node:fs';
import Database from 'better-sqlite3';
import { type ConnectionOptions, openForReading } from './pragmas.ts';

/**
 * What is copied in one step, and is on the disk before the next one, is so much that it takes about this long: a commit of
 * the server that comes meanwhile waits behind it.
 */
const STEP_MS = 5;
const FEWEST_PAGES = 16;
/** 4 MiB at SQLite's usual page size. */
const MOST_PAGES = 1_000;
/** After a step, for so many times as long as it took, the disk is left to others. */
const REST = 1;
const MAX_REST_MS = 500;

/**
 * Copies `file` to `to`, a new file, with SQLite's online backup: one state of the file, whatever is written meanwhile.
 * Nobody waits for it: it holds a reading open, and all that costs is that the log is not emptied until it ends, which is
 * then done here.
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
  let pages = FEWEST_PAGES;
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
        const took = performance.now() - began;
        pages = pagesAfter(pages, took);
        rest(Math.min(REST * took, MAX_REST_MS));
        began = performance.now();
        return pages;
      },
    });
  } finally {
    closeSync(written);
    source.close();
  }
  emptyLog(file, options);
  const copy = new Database(to, { fileMustExist: true, ...options });
  try {
    // One file, with no log that could be lost on the way; whoever serves it turns the log on again.
    copy.pragma('journal_mode = DELETE');
  } finally {
    copy.close();
  }
  flush(to);
}

/** At most twice as many, or half: one slow flush tells little. */
function pagesAfter(pages: number, ms: number): number {
  const aimed = Math.round(pages * Math.min(Math.max(STEP_MS / ms, 0.5), 2));
  return Math.min(Math.max(aimed, FEWEST_PAGES), MOST_PAGES);
}

/**
 * Moves what the log has gathered into the file. Else the server's next commit would do it, in one go, while people wait;
 * while it is done here, commits go on behind it.
 */
function emptyLog(file: string, options: ConnectionOptions): void {
  try {
    const database = new Database(file, { ...options, fileMustExist: true, timeout: 0 });
    try {
      database.pragma('synchronous = FULL');
      database.pragma('wal_checkpoint(PASSIVE)');
    } finally {
      database.close();
    }
  } catch {
    // It may only be read, or the server was faster: then nothing is to be done.
  }
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
