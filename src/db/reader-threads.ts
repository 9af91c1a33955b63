/**
 * Readings that may take long, in threads of their own, each with a connection that cannot write: SQLite's driver is
 * synchronous, and a statement cannot be interrupted, so on the main thread one of them would stop everybody. What
 * waits is bounded. A reading is one transaction, over one state of the file: what is long is read in pages, so that no
 * reading holds the log back for more than some seconds.
 */
import type { Worker } from 'node:worker_threads';
import { Refusal } from '../protocol/refusal.ts';
import type { ReaderAnswer, ReaderData, ReaderQuestion } from './serve-reader.ts';
import { startThread, type ThreadSource } from './thread.ts';

export interface ReaderThreadsOptions {
  source: ThreadSource;
  data: ReaderData;
  /** How many there may be; each begins when it is needed. */
  threads: number;
  /** Readings that may wait; past it one is refused at once with `OVERLOADED`. */
  maxWaiting: number;
}

/** Readings by their names, as they are prepared in a thread: what they take and give is plain data. */
// biome-ignore lint/suspicious/noExplicitAny: each reading says itself what it takes
export type ThreadReadings = Record<string, (...given: any[]) => unknown>;

interface Job {
  question: ReaderQuestion;
  resolve: (value: unknown) => void;
  reject: (error: Error) => void;
}

const RETRY_MS = 500;
const STOPPING_RETRY_MS = 1_000;

export class ReaderThreads<R extends ThreadReadings> {
  private readonly options: ReaderThreadsOptions;
  private readonly queue: Job[] = [];
  /** Each thread with what it does; null: nothing. */
  private readonly threads = new Map<Worker, Job | null>();
  private closed = false;
  private idle: (() => void) | null = null;

  constructor(options: ReaderThreadsOptions) {
    this.options = options;
  }

  /**
   * Has a thread read, over the file as it is now or later. Rejects with the refusal that the reading threw, or with
   * `OVERLOADED`.
   */
  read<N extends keyof R & string>(reading: N, ...given: Parameters<R[N]>): Promise<Awaited<ReturnType<R[N]>>> {
    const { promise, resolve, reject } = Promise.withResolvers<Awaited<ReturnType<R[N]>>>();
    if (this.closed) reject(stopping());
    else if (this.queue.length >= this.options.maxWaiting) reject(new Refusal('OVERLOADED', { retryMs: RETRY_MS }));
    else {
      this.queue.push({ question: { reading, given }, resolve: resolve as (value: unknown) => void, reject });
      this.proceed();
    }
    return promise;
  }

  private proceed(): void {
    while (this.queue.length > 0) {
      const thread = this.freeThread();
      if (thread === null) return;
      const job = this.queue.shift() as Job;
      this.threads.set(thread, job);
      thread.postMessage(job.question);
    }
    if (this.idle !== null && [...this.threads.values()].every((job) => job === null)) this.idle();
  }

  private freeThread(): Worker | null {
    for (const [thread, job] of this.threads) if (job === null) return thread;
    return this.threads.size < this.options.threads ? this.start() : null;
  }

  private start(): Worker {
    const thread = startThread(this.options.source, this.options.data);
    this.threads.set(thread, null);
    thread.on('message', (answer: ReaderAnswer) => {
      const job = this.threads.get(thread);
      this.threads.set(thread, null);
      if (job) settle(job, answer);
      this.proceed();
    });
    // Without a listener its error would end the process. What it was reading fails; the next reading begins another.
    thread.on('error', (error) => this.lost(thread, error instanceof Error ? error : new Error(String(error))));
    thread.on('exit', (code) => this.lost(thread, new Error(`a reader thread ended (${code})`)));
    return thread;
  }

  private lost(thread: Worker, error: Error): void {
    const job = this.threads.get(thread);
    this.threads.delete(thread);
    job?.reject(error);
    this.proceed();
  }

  /** Refuses what waits, lets what was begun end, and resolves when no thread is left. */
  async close(): Promise<void> {
    this.closed = true;
    for (const { reject } of this.queue.splice(0)) reject(stopping());
    await new Promise<void>((resolve) => {
      this.idle = resolve;
      this.proceed();
    });
    await Promise.all([...this.threads.keys()].map((thread) => thread.terminate()));
  }
}

function settle({ resolve, reject }: Job, answer: ReaderAnswer): void {
  if ('value' in answer) resolve(answer.value);
  else if ('refused' in answer) reject(new Refusal(answer.refused.code, answer.refused));
  else reject(Object.assign(new Error(answer.fault.message), { stack: answer.fault.stack }));
}

function stopping(): Refusal {
  return new Refusal('OVERLOADED', { message: 'The server is stopping.', retryMs: STOPPING_RETRY_MS });
}
