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
import { BatchJudge, type Judged, type Waiting } from './batch-judge.ts';
import { Indexing } from './indexing.ts';
import type { Judge } from './judge.ts';
import { Pending } from './pending.ts';
import { isBusy, type StorageTrouble, storageTrouble } from './storage-trouble.ts';
import { cannotStore, Trouble } from './trouble.ts';
import { WritingConnection } from './writing-connection.ts';

export interface WriterOptions {
  /** Changes that may wait; past it a change is refused at once with `OVERLOADED`. */
  maxWaiting: number;
  /** Changes in one transaction. */
  batchSize: number;
  /** Wall clock in ms. */
  now: () => number;
  /** Opens the writing connection again after an I/O error, whose effect on it is unknown. */
  reopen: () => Database.Database;
  /** Told when writing stops being possible, and when it is again (null). */
  onTrouble?: (reason: string | null) => void;
  onError?: (error: unknown) => void;
  onBatch?: (changes: number, ms: number) => void;
}

const BUSY_TRIES = 5;
const BUSY_PAUSE_MS = 100;

export class Writer<C, P> {
  private queue: Waiting<C>[] = [];
  private running = false;
  private closed = false;
  private idle: (() => void)[] = [];
  private readonly file: WritingConnection;
  private readonly batches: BatchJudge<C, P>;
  private readonly trouble: Trouble;
  private readonly indexing = new Indexing();
  private readonly judge: Judge<C, P>;
  private readonly options: WriterOptions;
  /** The position of the newest published batch. */
  position: number;
  /** Since the log was last emptied, something was taken away that somebody said: it stands there still. */
  tookAway = false;

  constructor(database: Database.Database, judge: Judge<C, P>, options: WriterOptions) {
    this.judge = judge;
    this.options = options;
    this.file = new WritingConnection(database, options.reopen);
    this.batches = new BatchJudge(this.file, judge, {
      now: options.now,
      onError: (error) => options.onError?.(error),
    });
    this.trouble = new Trouble(
      (reason) => options.onTrouble?.(reason),
      () => this.tryWriting(),
    );
    const meta = this.file.meta.read();
    this.position = meta.position;
    this.indexing.noted(meta, false);
    if (this.indexing.isDue(false)) this.schedule();
  }

  /** The connection of the moment: after an I/O error it is another one. */
  get connection(): Database.Database {
    return this.file.database;
  }

  /** How many changes wait. */
  get waiting(): number {
    return this.queue.length;
  }

  /** Hands over a change. What it comes to is told by the answer; the order of calls is the order of judgement. */
  submit<T>(change: C): Pending<T> {
    const pending = new Pending<T>();
    if (this.closed) {
      pending.reject(new Refusal('OVERLOADED', { message: 'The server is stopping.', retryMs: 1_000 }));
    } else if (this.trouble.isDamage) {
      pending.reject(cannotStore({ kind: 'damaged' }));
    } else if (this.queue.length >= this.options.maxWaiting) {
      pending.reject(new Refusal('OVERLOADED', { retryMs: 500 }));
    } else {
      this.queue.push({ change, pending: pending as Pending<unknown> });
      if (!this.running) this.schedule();
    }
    return pending;
  }

  private schedule(): void {
    this.running = true;
    setImmediate(() => {
      const busy = this.queue.length > 0;
      if (this.indexing.isDue(busy)) this.index(() => this.indexStep());
      else if (this.indexing.isMergeDue(busy)) this.index(() => this.mergeStep());
      else if (busy) this.runBatch(0);
      else this.proceed();
    });
  }

  /** Resolves when a search finds all that was acknowledged by now; rejects with `OVERLOADED` while that takes long. */
  indexed(): Promise<void> {
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

  /** What waits, up to a change that is judged alone; or that one. */
  private nextBatch(): Waiting<C>[] {
    const batch = this.queue.slice(0, this.options.batchSize);
    const lone = batch.findIndex(({ change }) => this.batches.isAlone(change));
    return lone < 0 ? batch : batch.slice(0, Math.max(lone, 1));
  }

  private proceed(): void {
    const indexing = this.indexing.isDue(false) || this.indexing.isMergeDue(false);
    if (this.queue.length > 0 || (!this.closed && indexing)) this.schedule();
    else {
      this.running = false;
      for (const done of this.idle.splice(0)) done();
    }
  }

  /** Loads, judges, writes, commits and publishes what of `batch` can go together; gives how many changes that was. */
  private transact(batch: Waiting<C>[]): number {
    const judged = this.file.transaction(() => this.batches.together(batch));
    this.finish(judged);
    this.file.kept?.endBatch();
    return judged.decided.length;
  }

  /** Nothing after the commit can turn an acknowledgement into an error, or into silence. */
  private finish({ decided, position, tookAway }: Judged<P>): void {
    this.queue.splice(0, decided.length);
    this.position = position;
    this.tookAway ||= tookAway;
    if (this.file.kept !== null) this.indexing.noted(this.file.kept.meta, false);
    try {
      this.judge.publish(decided, position);
    } catch (error) {
      this.options.onError?.(error);
    }
    for (const { settle } of decided) settle();
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

  private refuse(batch: readonly Waiting<C>[], refusal: Refusal): void {
    this.queue.splice(0, batch.length);
    for (const { pending } of batch) this.batches.settle(pending, { refused: refusal });
  }

  /** A batch in which a statement threw: each change under a savepoint, so that the bad ones fail alone. */
  private oneByOne(batch: Waiting<C>[]): void {
    try {
      const judged = this.file.transaction(() => ({
        decided: batch.map((waiting) => this.batches.alone(waiting)),
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

  private storageFailed(trouble: StorageTrouble, batch: readonly Waiting<C>[]): void {
    this.beginTrouble(trouble);
    this.refuse(trouble.kind === 'damaged' ? [...this.queue] : batch, cannotStore(trouble));
  }

  private beginTrouble(trouble: StorageTrouble): void {
    // After a failed fsync nobody knows what the connection believes: the next batch opens another.
    if (trouble.kind !== 'full') this.file.database.close();
    // Nor what of the batch stands in the log.
    this.tookAway = true;
    this.trouble.begin(trouble);
  }

  /** A small write tells whether the trouble is over. */
  private tryWriting(): void {
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
   * the same. Does nothing while nothing can be written, or another process holds the file.
   */
  settle(): number {
    try {
      if (!this.trouble.isThere) this.position = this.file.settle();
    } catch (error) {
      if (!isBusy(error)) throw error;
    }
    return this.position;
  }

  /** Takes no more, answers everything taken in, and resolves. The connection stays open for the last checkpoint. */
  async close(): Promise<Database.Database> {
    this.closed = true;
    this.indexing.pause();
    this.trouble.stop();
    if (this.running) await new Promise<void>((resolve) => this.idle.push(resolve));
    try {
      this.settle();
    } catch (error) {
      this.options.onError?.(error);
    }
    return this.file.database;
  }
}
