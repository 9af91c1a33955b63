/**
 * PostgreSQL's writer: the same queue, rules and answers as SQLite's, over a turn to write that several servers share
 * (turn.ts). What arrives while a batch is under way is the next one.
 *
 * Failures: a statement that throws has the batch judged again one change at a time; a deadlock or a turn that was too long
 * in coming, the whole of it anew. Where PostgreSQL cannot be reached, what waits is refused. Where it was lost behind a
 * COMMIT, nothing is said of the batch until PostgreSQL says what became of it.
 *
 * What other servers wrote is published here too (following.ts), and they are told of each batch.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { QueryConfig } from 'pg';
import { Refusal } from '../../protocol/refusal.ts';
import type { Judged, Waiting } from '../batch-judge.ts';
import type { Judge } from '../judge.ts';
import { QueuedWriter } from '../queued-writer.ts';
import type { MetaRow } from '../rows.ts';
import type { StorageTrouble } from '../storage-trouble.ts';
import { cannotStore } from '../trouble.ts';
import type { WriterOptions } from '../writer.ts';
import { PostgresBatches, type Ready } from './batches.ts';
import type { PostgresBus } from './bus.ts';
import { Following } from './following.ts';
import { Pool, type PoolOptions } from './pool.ts';
import { behindTheLock, type ForeignRow, publication } from './publications.ts';
import { isPassing, postgresTrouble } from './trouble.ts';
import { InDoubt, Turn } from './turn.ts';

export interface PostgresWriterOptions extends WriterOptions {
  /** `postgres://…`, of a database that is ready (open.ts). */
  url: string;
  admit: PoolOptions['admit'];
  bus: PostgresBus;
}

/** What is read with the turn. */
type Behind = ForeignRow & { isHeard: number };

const TRIES = 5;
/** Before another try, from and to. */
const PAUSE_MS = [5, 50] as const;
/** Between two questions what became of a batch. */
const DOUBT_MS = 500;
const STATEMENT_MS = 10_000;
/** Questions after the writer was closed: then who asked is told that nobody knows. */
const LAST_QUESTIONS = 10;
const UNKNOWN: StorageTrouble = { kind: 'failing', reason: 'PostgreSQL does not say what became of a batch' };

export class PostgresWriter<C, P> extends QueuedWriter<C, P> {
  /** Its one connection, made again when it broke. */
  private readonly pool: Pool;
  private readonly changes: PostgresBatches<C, P>;
  private readonly bus: PostgresBus;
  private readonly following: Following<P>;
  private readonly forOthers: (publication: P) => P | null;
  /** How many were tried. */
  private batch = 0;

  constructor(judge: Judge<C, P>, options: PostgresWriterOptions) {
    const onError = (error: unknown) => options.onError?.(error);
    const changes = new PostgresBatches(judge, { now: options.now, onError });
    super(judge, changes, options);
    const { bus } = options;
    this.changes = changes;
    this.bus = bus;
    this.position = bus.began.position;
    this.forOthers = (publication) => (judge.forOthers === undefined ? publication : judge.forOthers(publication));
    this.following = new Following({
      bus,
      publish: (publications, position) => {
        this.position = position;
        judge.publish([{ publications, settle: () => {} }], position, true);
      },
      lost: (position) => {
        this.position = position;
        judge.lost?.(position);
      },
      isWriting: () => this.running,
      onError,
    });
    const { url, admit } = options;
    const losses = () => bus.connection.losses;
    this.pool = new Pool({ url, admit, connections: 1, maxWaiting: 1, statementMs: STATEMENT_MS, losses, onError });
  }

  /** A search reads what the batch itself has written. */
  override indexed(): Promise<void> {
    return Promise.resolve();
  }

  protected override schedule(): void {
    this.running = true;
    setImmediate(() => void this.run());
  }

  private async run(): Promise<void> {
    const batch = this.nextBatch();
    // The next small write tells when it is over (trouble.ts): until then nobody waits for a connection.
    if (this.trouble.isThere) this.refuse([...this.queue], cannotStore({ kind: 'failing' }));
    else await this.attempt(batch);
    this.proceed();
  }

  private async attempt(batch: Waiting<C>[]): Promise<void> {
    try {
      await this.runBatch(batch);
    } catch (error) {
      this.options.onError?.(error);
      const trouble = postgresTrouble(error);
      if (trouble !== null) this.storageFailed(trouble, batch);
      else
        this.refuse(batch, isPassing(error) ? new Refusal('OVERLOADED', { retryMs: 1_000 }) : new Refusal('INTERNAL'));
    }
  }

  private async runBatch(batch: Waiting<C>[]): Promise<void> {
    const started = performance.now();
    let judged: Judged<P>;
    try {
      judged = await this.tried(batch, (turn) => this.changes.together(batch, turn));
    } catch (error) {
      if (isPassing(error) || postgresTrouble(error) !== null) throw error;
      this.options.onError?.(error);
      judged = await this.tried(batch, (turn) => this.changes.oneByOne(batch, turn));
    }
    if (batch.length > 0) this.options.onBatch?.(judged.decided.length, performance.now() - started);
    this.trouble.end();
    this.finish(judged);
  }

  /** One transaction, tried again where another may go better. */
  private async tried(batch: Waiting<C>[], work: (turn: Turn) => Promise<Ready<P>>): Promise<Judged<P>> {
    for (let tries = 1; ; tries += 1) {
      try {
        return await this.transact(batch, work);
      } catch (error) {
        if (!isPassing(error) || tries === TRIES) throw error;
        const [from, to] = PAUSE_MS;
        await pause(from + Math.random() * (to - from));
      }
    }
  }

  private async transact(batch: Waiting<C>[], work: (turn: Turn) => Promise<Ready<P>>): Promise<Judged<P>> {
    const { following, bus } = this;
    const turn = await Turn.begin<Behind>(this.pool, behindTheLock(following.known, bus.id));
    let ready: Ready<P>;
    try {
      following.caughtUp(turn.behind, turn.meta.position);
      ready = await work(turn);
    } catch (error) {
      await turn.rollback();
      throw error;
    }
    try {
      // One of whom the database knows nothing after a crash is still there.
      const isHeard = turn.behind[0]?.isHeard === 1 || bus.others.size > 0;
      // A batch of no change leaves the store's clock where it is, if that is ahead of this server's.
      const isNew = ready.meta.position !== turn.meta.position;
      this.batch += 1;
      const name = { server: bus.id, number: this.batch };
      await turn.commit(ready.writes, isHeard && isNew ? [this.told(ready, turn.meta)] : [], ready.meta, name);
    } catch (error) {
      if (!(error instanceof InDoubt)) throw error;
      this.options.onError?.(error);
      if (!(await this.wasCommitted(error, batch))) throw error.cause;
    }
    return ready.judged;
  }

  /** What others publish of a batch. */
  private told({ judged, meta }: Ready<P>, before: MetaRow): QueryConfig {
    const publications = judged.decided.flatMap((one) => one.publications);
    const body = publications.map((one) => this.forOthers(one)).filter((one) => one !== null);
    return publication(meta.position, before.position, this.bus.id, JSON.stringify(body));
  }

  /** Asks until it is known; what else waits is refused meanwhile. */
  private async wasCommitted({ batch: name, cause }: InDoubt, batch: Waiting<C>[]): Promise<boolean> {
    for (let questions = LAST_QUESTIONS; questions > 0; questions -= this.closed ? 1 : 0) {
      try {
        return await Turn.wasCommitted(this.pool, name);
      } catch (error) {
        this.beginTrouble(postgresTrouble(error) ?? postgresTrouble(cause) ?? UNKNOWN);
      }
      this.refuse(this.queue.slice(batch.length), cannotStore(UNKNOWN), batch.length);
      await pause(DOUBT_MS);
    }
    return false;
  }

  protected override finish(judged: Judged<P>): void {
    this.following.known = judged.position;
    super.finish(judged);
  }

  protected override proceed(more = false): void {
    super.proceed(more);
    if (!this.running) this.following.idle();
  }

  protected override tryWriting(): void {
    if (this.running || this.closed) return;
    this.running = true;
    void this.attempt([]).then(() => this.proceed());
  }

  /** Takes no more, answers everything taken in, and resolves when nothing is connected any more. */
  async close(): Promise<void> {
    await this.end();
    await this.following.close();
    await this.pool.close();
  }
}
