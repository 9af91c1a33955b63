/**
 * The one writer. What arrives while a batch is under way is the next batch: one load, one judgement, one
 * transaction, one fsync, then publishing and answering in the order of the queue. A lone change waits for nothing
 * but the end of the current turn of the loop.
 *
 * Failures: a statement that throws has the batch rolled back and run again one change at a time; a full disk or an
 * I/O error refuses the whole batch; a busy file is tried again from JavaScript, never by sleeping in the driver.
 */
import type Database from 'better-sqlite3';
import { drizzle } from 'drizzle-orm/better-sqlite3';
import { Refusal } from '../protocol/refusal.ts';
import { Indexing } from './indexing.ts';
import type { Decision, Judge } from './judge.ts';
import { Loader } from './loader.ts';
import { Pending } from './pending.ts';
import { rowWriter } from './row-writer.ts';
import { meta } from './schema/meta.ts';
import { searchIndexer } from './search-index.ts';
import { isBusy, type StorageTrouble, storageTrouble } from './storage-trouble.ts';
import { WorkingSet } from './working-set.ts';

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

interface Waiting<C> {
  change: C;
  pending: Pending<unknown>;
}

/** A change that was judged: what others hear, and the answer to who asked. */
interface Decided<P> {
  publications: P[];
  settle: () => void;
}

/** What one transaction holds, and where the store's clock stands behind it. */
interface Judged<P> {
  decided: Decided<P>[];
  position: number;
}

const ROWS_KEPT = 100_000;
const BUSY_TRIES = 5;
const BUSY_PAUSE_MS = 100;
const PROBE_MS = 2_000;

export class Writer<C, P> {
  private queue: Waiting<C>[] = [];
  private running = false;
  private closed = false;
  private set: WorkingSet | null = null;
  private probe: NodeJS.Timeout | null = null;
  private idle: (() => void)[] = [];
  private trouble: StorageTrouble | null = null;
  private database!: Database.Database;
  private loader!: Loader;
  private writeRows!: (set: WorkingSet) => void;
  private readMeta!: () => typeof meta.$inferSelect;
  private indexStep!: ReturnType<typeof searchIndexer>;
  private readonly indexing = new Indexing();
  private readonly judge: Judge<C, P>;
  private readonly options: WriterOptions;
  /** The position of the newest published batch. */
  position: number;

  constructor(database: Database.Database, judge: Judge<C, P>, options: WriterOptions) {
    this.judge = judge;
    this.options = options;
    this.prepare(database);
    const meta = this.readMeta();
    this.position = meta.position;
    this.indexing.noted(meta, false);
    if (this.indexing.isDue(false)) this.schedule();
  }

  private prepare(database: Database.Database): void {
    const db = drizzle(database, { casing: 'snake_case' });
    this.loader = new Loader(db);
    this.writeRows = rowWriter(db);
    const statement = db.select().from(meta).prepare();
    this.readMeta = () => {
      const row = statement.get();
      if (row === undefined) throw new Error('the table meta has no row');
      return row;
    };
    this.indexStep = searchIndexer(database);
    this.set = null;
    this.database = database;
  }

  private reconnect(): void {
    const database = this.options.reopen();
    try {
      this.prepare(database);
    } catch (error) {
      database.close();
      throw error;
    }
  }

  /** The connection of the moment: after an I/O error it is another one. */
  get connection(): Database.Database {
    return this.database;
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
    } else if (this.trouble?.kind === 'damaged') {
      pending.reject(cannotStore(this.trouble));
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
      if (this.indexing.isDue(this.queue.length > 0)) this.runIndexing();
      else if (this.queue.length > 0) this.runBatch(0);
      else this.proceed();
    });
  }

  /** Resolves when a search finds all that was acknowledged by now; rejects with `OVERLOADED` while that takes long. */
  indexed(): Promise<void> {
    // What cannot be written cannot be indexed: what was before is still found.
    if (this.closed || this.trouble !== null) return Promise.resolve();
    const indexed = this.indexing.upToDate();
    if (!this.running && this.indexing.isDue(false)) this.schedule();
    return indexed;
  }

  private runIndexing(): void {
    try {
      const meta = this.inTransaction(() => {
        const set = this.freshSet();
        set.meta.searchMark = this.indexStep(set.meta.searchMark, set.meta.lastId);
        this.writeRows(set);
        return set.meta;
      });
      this.indexing.noted(meta, true);
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
    this.endTrouble();
    this.proceed();
  }

  /** What waits, up to a change that is judged alone; or that one. */
  private nextBatch(): Waiting<C>[] {
    const batch = this.queue.slice(0, this.options.batchSize);
    const lone = batch.findIndex(({ change }) => this.isAlone(change));
    return lone < 0 ? batch : batch.slice(0, Math.max(lone, 1));
  }

  private isAlone(change: C): boolean {
    return this.judge.alone?.(change) === true;
  }

  private proceed(): void {
    if (this.queue.length > 0 || (!this.closed && this.indexing.isDue(false))) this.schedule();
    else {
      this.running = false;
      for (const done of this.idle.splice(0)) done();
    }
  }

  /** Loads, judges, writes, commits and publishes what of `batch` can go together; gives how many changes that was. */
  private transact(batch: Waiting<C>[]): number {
    const judged = this.inTransaction(() => this.judgeTogether(batch));
    this.set?.endBatch();
    this.finish(judged);
    return judged.decided.length;
  }

  /** Commits what `work` does, or leaves the file as it was. */
  private inTransaction<T>(work: () => T): T {
    if (!this.database.open) this.reconnect();
    const { database } = this;
    database.exec('BEGIN IMMEDIATE');
    try {
      const done = work();
      database.exec('COMMIT');
      return done;
    } catch (error) {
      this.set = null;
      if (database.open && database.inTransaction) database.exec('ROLLBACK');
      throw error;
    }
  }

  private judgeTogether(batch: Waiting<C>[]): Judged<P> {
    const { loader } = this;
    const alone = batch.some(({ change }) => this.isAlone(change));
    if (alone) this.set = null;
    const set = this.freshSet();
    loader.begin(set);
    let count = 0;
    for (const { change } of batch) {
      this.judge.want(change, loader);
      if (loader.stale) break;
      loader.next();
      count += 1;
    }
    const base = this.base(set);
    const decided = batch.slice(0, count).map((waiting, index) => this.judgeOne(set, waiting, base + index));
    set.meta.position = base + count - 1;
    this.writeRows(set);
    if (alone) this.set = null;
    return { decided, position: set.meta.position };
  }

  private freshSet(): WorkingSet {
    if (this.set === null || this.set.size > ROWS_KEPT) this.set = new WorkingSet(this.readMeta());
    return this.set;
  }

  /** The store's clock: it follows the wall clock and never falls, not even over a restart with the clock behind. */
  private base(set: WorkingSet): number {
    return Math.max(this.options.now() * 1000, set.meta.position + 1);
  }

  private judgeOne(set: WorkingSet, { change, pending }: Waiting<C>, position: number): Decided<P> {
    const { answer, publications } = this.judge.decide(set, change, position);
    return { publications, settle: this.settler(pending, answer) };
  }

  private settler(pending: Pending<unknown>, answer: Decision<P>['answer']): () => void {
    let settled = false;
    return () => {
      if (settled) return;
      settled = true;
      this.settle(pending, answer);
    };
  }

  /** Whoever throws on hearing the answer keeps none from the others. */
  private settle(pending: Pending<unknown>, answer: Decision<P>['answer']): void {
    try {
      if ('value' in answer) pending.resolve(answer.value);
      else pending.reject(answer.refused);
    } catch (error) {
      this.options.onError?.(error);
    }
  }

  /** Nothing after the commit can turn an acknowledgement into an error, or into silence. */
  private finish({ decided, position }: Judged<P>): void {
    this.queue.splice(0, decided.length);
    this.position = position;
    if (this.set !== null) this.indexing.noted(this.set.meta, false);
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
    for (const { pending } of batch) this.settle(pending, { refused: refusal });
  }

  /** A batch in which a statement threw: each change under a savepoint, so that the bad ones fail alone. */
  private oneByOne(batch: Waiting<C>[]): void {
    try {
      const judged = this.inTransaction(() => ({
        decided: batch.map((waiting) => this.judgeAlone(waiting)),
        position: this.freshSet().meta.position,
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

  private judgeAlone(waiting: Waiting<C>): Decided<P> {
    const { database } = this;
    database.exec('SAVEPOINT alone');
    try {
      const [decided] = this.judgeTogether([waiting]).decided;
      if (decided === undefined) throw new Error('a change alone was put off');
      this.set?.endBatch();
      database.exec('RELEASE alone');
      return decided;
    } catch (error) {
      this.set = null;
      if (storageTrouble(error) !== null || !database.inTransaction) throw error;
      database.exec('ROLLBACK TO alone');
      database.exec('RELEASE alone');
      this.options.onError?.(error);
      return { publications: [], settle: this.settler(waiting.pending, { refused: new Refusal('INTERNAL') }) };
    }
  }

  private storageFailed(trouble: StorageTrouble, batch: readonly Waiting<C>[]): void {
    this.beginTrouble(trouble);
    this.refuse(trouble.kind === 'damaged' ? [...this.queue] : batch, cannotStore(trouble));
  }

  private beginTrouble(trouble: StorageTrouble): void {
    const told = this.trouble?.reason === trouble.reason;
    this.trouble = trouble;
    // After a failed fsync nobody knows what the connection believes: the next batch opens another.
    if (trouble.kind !== 'full') this.database.close();
    // A damaged file would take writes elsewhere: none is tried, they would be lost with it.
    if (trouble.kind !== 'damaged') this.probe ??= setInterval(() => this.tryWriting(), PROBE_MS).unref();
    if (!told) this.options.onTrouble?.(trouble.reason);
  }

  /** Readiness must come back even when nobody sends: a small write tells. */
  private tryWriting(): void {
    if (this.running || this.closed || this.trouble?.kind === 'damaged') return;
    try {
      this.transact([]);
      this.endTrouble();
    } catch (error) {
      this.options.onError?.(error);
      const trouble = storageTrouble(error);
      if (trouble !== null) this.beginTrouble(trouble);
    }
  }

  private endTrouble(): void {
    if (this.trouble === null) return;
    if (this.probe !== null) clearInterval(this.probe);
    this.probe = null;
    this.trouble = null;
    this.options.onTrouble?.(null);
  }

  /** Takes no more, answers everything taken in, and resolves. The connection stays open for the last checkpoint. */
  async close(): Promise<Database.Database> {
    this.closed = true;
    this.indexing.pause();
    if (this.probe !== null) clearInterval(this.probe);
    if (this.running) await new Promise<void>((resolve) => this.idle.push(resolve));
    return this.database;
  }
}

/** What they are told whose change meets a storage in trouble. */
function cannotStore({ kind }: StorageTrouble): Refusal {
  const message = kind === 'full' ? {} : { message: 'The server cannot store anything at the moment.' };
  return new Refusal('STORAGE_FULL', { retryMs: PROBE_MS, ...message });
}
