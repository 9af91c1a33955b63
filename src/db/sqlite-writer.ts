/**
 * The one writer. What arrives while a batch is under way is the next batch: one load, one judgement, one
 * transaction, one fsync, then publishing and answering in the order of the queue. A lone change waits for nothing
 * but the end of the current turn of the loop.
 *
 * Failures: a statement that throws has the batch rolled back and run again one change at a time; a full disk or an
 * I/O error refuses the whole batch; a busy file is tried again from JavaScript, never by sleeping in the driver.
 */
import type Database from 'better-sqlite3';
import { Refusal } from '../protocol/refusal.ts';
import type { Judged, Waiting } from './batch-judge.ts';
import { FileBatches } from './file-batches.ts';
import { Indexing } from './indexing.ts';
import type { Judge } from './judge.ts';
import { QueuedWriter } from './queued-writer.ts';
import { isBusy, type StorageTrouble, storageTrouble } from './storage-trouble.ts';
import type { WriterOptions } from './writer.ts';
import { WritingConnection } from './writing-connection.ts';

export interface SqliteWriterOptions extends WriterOptions {
  /** Opens the writing connection again after an I/O error, whose effect on it is unknown. */
  reopen: () => Database.Database;
}

const BUSY_TRIES = 5;
const BUSY_PAUSE_MS = 100;

export class SqliteWriter<C, P> extends QueuedWriter<C, P> {
  private readonly file: WritingConnection;
  private readonly changes: FileBatches<C, P>;
  private readonly indexing = new Indexing();
  /** Since the log was last emptied, something was taken away that somebody said: it stands there still. */
  tookAway = false;

  constructor(database: Database.Database, judge: Judge<C, P>, options: SqliteWriterOptions) {
    const file = new WritingConnection(database, options.reopen);
    const changes = new FileBatches(file, judge, {
      now: options.now,
      onError: (error) => options.onError?.(error),
    });
    super(judge, changes, options);
    this.file = file;
    this.changes = changes;
    const meta = this.file.meta.read();
    this.position = meta.position;
    this.indexing.noted(meta, false);
    if (this.indexing.isDue(false)) this.schedule();
  }

  /** The connection of the moment: after an I/O error it is another one. */
  get connection(): Database.Database {
    return this.file.database;
  }

  protected override schedule(): void {
    this.running = true;
    setImmediate(() => {
      const busy = this.queue.length > 0;
      if (this.indexing.isDue(busy)) this.index(() => this.indexStep());
      else if (this.indexing.isMergeDue(busy)) this.index(() => this.mergeStep());
      else if (busy) this.runBatch(0);
      else this.proceed();
    });
  }

  override indexed(): Promise<void> {
    // What cannot be written cannot be indexed: what was before is still found.
    if (this.closed || this.trouble.isThere) return Promise.resolve();
    const indexed = this.indexing.upToDate();
    if (!this.running && this.indexing.isDue(false)) this.schedule();
    return indexed;
  }

  private indexStep(): void {
    const meta = this.file.lazyTransaction(() => {
      const set = this.file.workingSet();
      set.meta.searchMark = this.file.indexStep(set.meta.searchMark, set.meta.lastId);
      this.file.writeRows(set);
      return set.meta;
    });
    this.indexing.noted(meta, true);
  }

  private mergeStep(): void {
    this.indexing.merged(this.file.lazyTransaction(() => this.file.mergeStep()));
  }

  /** Takes a step of the index's work, which may fail without anybody's change failing. */
  private index(step: () => void): void {
    try {
      step();
    } catch (error) {
      this.indexing.pause();
      this.options.onError?.(error);
      const trouble = storageTrouble(error);
      if (trouble !== null) this.beginTrouble(trouble);
    }
    this.proceed();
  }

  private runBatch(tries: number): void {
    const batch = this.nextBatch();
    const started = performance.now();
    let count: number;
    try {
      count = this.transact(batch);
    } catch (error) {
      this.afterFailure(error, batch, tries);
      return;
    }
    this.options.onBatch?.(count, performance.now() - started);
    this.trouble.end();
    this.proceed();
  }

  protected override proceed(): void {
    const indexing = this.indexing.isDue(false) || this.indexing.isMergeDue(false);
    super.proceed(!this.closed && indexing);
  }

  /** Loads, judges, writes, commits and publishes what of `batch` can go together; gives how many changes that was. */
  private transact(batch: Waiting<C>[]): number {
    const judged = this.file.transaction(() => this.changes.together(batch));
    this.finish(judged);
    this.file.kept?.endBatch();
    return judged.decided.length;
  }

  protected override finish(judged: Judged<P>): void {
    this.tookAway ||= judged.tookAway;
    if (judged.tookAway) this.indexing.changed();
    if (this.file.kept !== null) this.indexing.noted(this.file.kept.meta, false);
    super.finish(judged);
  }

  private afterFailure(error: unknown, batch: Waiting<C>[], tries: number): void {
    const busy = isBusy(error);
    if (busy && tries < BUSY_TRIES) {
      setTimeout(() => this.runBatch(tries + 1), BUSY_PAUSE_MS);
      return;
    }
    this.options.onError?.(error);
    const trouble = storageTrouble(error);
    if (busy) this.refuse(batch, new Refusal('OVERLOADED', { retryMs: 1_000 }));
    else if (trouble !== null) this.storageFailed(trouble, batch);
    else this.oneByOne(batch);
    this.proceed();
  }

  /** A batch in which a statement threw: each change under a savepoint, so that the bad ones fail alone. */
  private oneByOne(batch: Waiting<C>[]): void {
    try {
      const judged = this.file.transaction(() => ({
        decided: batch.map((waiting) => this.changes.alone(waiting)),
        position: this.file.workingSet().meta.position,
        tookAway: true,
      }));
      this.finish(judged);
    } catch (error) {
      // They are the next batch, which waits for the file in its turn.
      if (isBusy(error)) return;
      this.options.onError?.(error);
      const trouble = storageTrouble(error);
      if (trouble === null) this.refuse(batch, new Refusal('INTERNAL'));
      else this.storageFailed(trouble, batch);
    }
  }

  protected override beginTrouble(trouble: StorageTrouble): void {
    // After a failed fsync nobody knows what the connection believes: the next batch opens another.
    if (trouble.kind !== 'full') this.file.database.close();
    // Nor what of the batch stands in the log.
    this.tookAway = true;
    super.beginTrouble(trouble);
  }

  protected override tryWriting(): void {
    if (this.running || this.closed || this.trouble.isDamage) return;
    try {
      this.transact([]);
      this.trouble.end();
    } catch (error) {
      this.options.onError?.(error);
      const trouble = storageTrouble(error);
      if (trouble !== null) this.beginTrouble(trouble);
    }
  }

  /**
   * Has the file keep the clock where it stands, and gives that: whoever notes it elsewhere can tell later whether the file is
   * the same. Whoever waits for what was written up to there (Hub.reached) is told that it was published. Does nothing while
   * nothing can be written, or another process holds the file.
   */
  settle(): number {
    try {
      if (!this.trouble.isThere) this.finish({ decided: [], position: this.file.settle(), tookAway: false });
    } catch (error) {
      if (!isBusy(error)) throw error;
    }
    return this.position;
  }

  /** Takes no more, answers everything taken in, and resolves. The connection stays open for the last checkpoint. */
  async close(): Promise<Database.Database> {
    this.indexing.pause();
    await this.end();
    try {
      this.settle();
    } catch (error) {
      this.options.onError?.(error);
    }
    return this.file.database;
  }
}
