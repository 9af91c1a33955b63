/**
 * What every store's writer is: a queue with a bound, out of which batches are taken in its order, and answers that are told
 * in the same order behind a commit. Nothing after the commit turns an acknowledgement into an error, or into silence.
 */
import { Refusal } from '../protocol/refusal.ts';
import type { BatchJudge, Judged, Waiting } from './batch-judge.ts';
import type { Judge } from './judge.ts';
import { Pending } from './pending.ts';
import type { StorageTrouble } from './storage-trouble.ts';
import { cannotStore, Trouble } from './trouble.ts';
import type { Writer, WriterOptions } from './writer.ts';

export abstract class QueuedWriter<C, P> implements Writer<C, P> {
  protected queue: Waiting<C>[] = [];
  /** Whether a turn of work is scheduled or under way. */
  protected running = false;
  protected closed = false;
  protected readonly trouble: Trouble;
  protected readonly options: WriterOptions;
  private readonly idle: (() => void)[] = [];
  private readonly judge: Judge<C, P>;
  private readonly batches: BatchJudge<C, P>;
  position = 0;

  constructor(judge: Judge<C, P>, batches: BatchJudge<C, P>, options: WriterOptions) {
    this.judge = judge;
    this.batches = batches;
    this.options = options;
    this.trouble = new Trouble(
      (reason) => options.onTrouble?.(reason),
      () => this.tryWriting(),
    );
  }

  /** Takes the next turn of work; ends in {@link QueuedWriter.proceed}. */
  protected abstract schedule(): void;
  /** A small write tells whether the trouble is over. */
  protected abstract tryWriting(): void;
  abstract indexed(): Promise<void>;

  get waiting(): number {
    return this.queue.length;
  }

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

  /** What waits, up to a change that is judged alone; or that one. */
  protected nextBatch(): Waiting<C>[] {
    const batch = this.queue.slice(0, this.options.batchSize);
    const lone = batch.findIndex(({ change }) => this.batches.isAlone(change));
    return lone < 0 ? batch : batch.slice(0, Math.max(lone, 1));
  }

  /** @param more whether there is work besides the queue's */
  protected proceed(more = false): void {
    if (this.queue.length > 0 || more) this.schedule();
    else {
      this.running = false;
      for (const done of this.idle.splice(0)) done();
    }
  }

  /** Takes what is committed out of the queue, publishes and answers it. */
  protected finish({ decided, position }: Judged<P>): void {
    this.queue.splice(0, decided.length);
    this.position = position;
    try {
      this.judge.publish(decided, position);
    } catch (error) {
      this.options.onError?.(error);
    }
    for (const { settle } of decided) settle();
  }

  /** @param behind how many before them in the queue stay there */
  protected refuse(batch: readonly Waiting<C>[], refusal: Refusal, behind = 0): void {
    this.queue.splice(behind, batch.length);
    for (const { pending } of batch) this.batches.settle(pending, { refused: refusal });
  }

  protected storageFailed(trouble: StorageTrouble, batch: readonly Waiting<C>[]): void {
    this.beginTrouble(trouble);
    this.refuse(trouble.kind === 'damaged' ? [...this.queue] : batch, cannotStore(trouble));
  }

  protected beginTrouble(trouble: StorageTrouble): void {
    this.trouble.begin(trouble);
  }

  /** Takes no more, and resolves when everything taken in is answered. */
  protected async end(): Promise<void> {
    this.closed = true;
    this.trouble.stop();
    if (this.running) await new Promise<void>((resolve) => this.idle.push(resolve));
  }
}
