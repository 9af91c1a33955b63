/**
 * What the thread runs that makes a search index aside (index-aside.ts): it reads messages that were committed, and writes
 * an index that is a file of its own. Nothing in it depends on where it lies, so that it can be bundled into one text.
 */
import { parentPort, workerData } from 'node:worker_threads';
import Database from 'better-sqlite3';
import { there } from '../protocol/there.ts';
import { type ConnectionOptions, openForReading } from './pragmas.ts';
import { BULK_GATHERED_BYTES, gatherBefore, makeSearchTable, rowsToIndex, searchMerger } from './search-index.ts';

export interface IndexThreadData {
  /** Parley's database. */
  file: string;
  /** The index that is made; there is no such file yet. */
  aside: string;
  connection: ConnectionOptions;
}

/** Index what is committed by now, or put an end to it: that is answered. */
export type IndexOrder = { upTo: number } | 'end';

/** Of one reading: it is over soon, so that the log can be emptied meanwhile. */
const ROWS = 1_000;
const MERGE_PAGES = 1_000;

function makeIndex({ file, aside, connection }: IndexThreadData) {
  const source = openForReading(file, connection);
  const index = new Database(aside, connection);
  // It is of use once it is whole, and until then made anew.
  index.pragma('journal_mode = OFF');
  index.pragma('synchronous = OFF');
  makeSearchTable(index);
  gatherBefore(index, BULK_GATHERED_BYTES);
  const read = rowsToIndex(source, ROWS);
  const write = index.prepare('INSERT INTO search (rowid, words, thread) VALUES (?, ?, ?)');
  let mark = 0;
  index.exec('BEGIN');
  return {
    follow(upTo: number): void {
      for (;;) {
        const rows = read(mark, upTo);
        for (const [id, words, thread] of rows) write.run(id, words, thread);
        mark = rows.length < ROWS ? upTo : (rows.at(-1)?.[0] ?? upTo);
        if (mark === upTo) return;
      }
    },
    end(): void {
      index.exec('COMMIT');
      const merge = searchMerger(index, MERGE_PAGES, Number.POSITIVE_INFINITY);
      while (merge());
      index.close();
      source.close();
    },
  };
}

const port = there(parentPort, 'an index is made aside in a thread');
const making = makeIndex(workerData as IndexThreadData);
port.on('message', (order: IndexOrder) => {
  if (order !== 'end') making.follow(order.upTo);
  else {
    making.end();
    port.postMessage('ended');
    port.close();
  }
});
