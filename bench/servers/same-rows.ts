/**
 * Bare better-sqlite3 laying down the rows of a data folder in another, one statement a row, in large transactions: the
 * same schema, the same indexes, the same settings of the file, and nothing to be found out about any row.
 */
import { join } from 'node:path';
import type Database from 'better-sqlite3';
import { openForReading, openForWriting } from '../../src/db/pragmas.ts';
import { indexAll } from '../../src/db/search-index.ts';
import { answering } from '../process/asking.ts';

export interface SameRows {
  /** A data folder, and one that holds nothing yet. */
  from: string;
  to: string;
  /** Whether the search index is made too. */
  search: boolean;
}

/** Parents before what refers to them. */
const TABLES = ['users', 'identities', 'authors', 'conversations', 'participants', 'messages', 'reads'];
const ROWS_A_TRANSACTION = 50_000;

class Laying {
  private readonly target: Database.Database;
  /** Reading the rows is not what is measured. */
  ms = 0;

  constructor(folder: string) {
    this.target = openForWriting(join(folder, 'parley.db'));
    this.target.pragma('synchronous = NORMAL');
  }

  table(name: string, source: Database.Database): void {
    const read = source.prepare(`select * from ${name}`).raw();
    const marks = read.columns().map(() => '?');
    const insert = this.target.prepare(`insert into ${name} values (${marks})`);
    let rows: unknown[][] = [];
    const put = () => {
      this.timed(() => {
        this.target.exec('BEGIN IMMEDIATE');
        for (const row of rows) insert.run(row);
        this.target.exec('COMMIT');
      });
      rows = [];
    };
    for (const row of read.iterate() as Iterable<unknown[]>) if (rows.push(row) === ROWS_A_TRANSACTION) put();
    put();
  }

  end(lastId: number, search: boolean): void {
    this.timed(() => {
      this.target.prepare('update meta set last_id = ?').run(lastId);
      if (search) indexAll(this.target);
      this.target.pragma('wal_checkpoint(TRUNCATE)');
      this.target.close();
    });
  }

  private timed(work: () => void): void {
    const began = performance.now();
    work();
    this.ms += performance.now() - began;
  }
}

answering({
  /** Gives how long it took, ms. */
  sameRows({ from, to, search }: SameRows): number {
    const source = openForReading(join(from, 'parley.db'));
    const laying = new Laying(to);
    for (const name of TABLES) laying.table(name, source);
    laying.end(source.prepare('select last_id from meta').pluck().get() as number, search);
    source.close();
    return laying.ms;
  },
});
