/**
 * A connection's commands, one after another: the next begins when the one before was handed to the writer or
 * answered. A reading also waits for the answers to the writes before it, so that it sees them and its own answer does
 * not overtake theirs. Too many without an answer, and the connection is not read until there are fewer.
 */
import type { Request } from '../protocol/commands.ts';

/** Commands without an answer at which reading stops, and at which it goes on. */
const MANY = 256;
const FEW = 64;

export interface Runner {
  /** Whether the command is answered by a reading, as opposed to the writer. */
  reads(request: Request): boolean;
  /** Hands a write over; `answered` is called once. */
  write(request: Request, answered: () => void): void;
  /** Resolves when it is answered; never rejects. */
  read(request: Request): Promise<void>;
  /** Stops (`true`) and goes on (`false`) reading from the connection. */
  crowd(crowded: boolean): void;
}

export class CommandQueue {
  private readonly runner: Runner;
  private readonly waiting: Request[] = [];
  private writes = 0;
  private reading = false;
  private crowded = false;
  private idle: (() => void) | null = null;

  constructor(runner: Runner) {
    this.runner = runner;
  }

  get unanswered(): number {
    return this.waiting.length + this.writes + (this.reading ? 1 : 0);
  }

  add(request: Request): void {
    this.waiting.push(request);
    this.proceed();
    if (!this.crowded && this.unanswered > MANY) this.setCrowded(true);
  }

  /** Forgets what was not begun. */
  clear(): void {
    this.waiting.length = 0;
  }

  /** Resolves when everything taken in is answered. */
  async answered(): Promise<void> {
    if (this.unanswered > 0) await new Promise<void>((resolve) => (this.idle = resolve));
  }

  private proceed(): void {
    while (!this.reading) {
      const request = this.waiting[0];
      if (request === undefined) break;
      const reads = this.runner.reads(request);
      if (reads && this.writes > 0) break;
      this.waiting.shift();
      if (reads) this.read(request);
      else this.write(request);
    }
    if (this.crowded && this.unanswered <= FEW) this.setCrowded(false);
    if (this.idle !== null && this.unanswered === 0) this.idle();
  }

  private write(request: Request): void {
    this.writes += 1;
    this.runner.write(request, () => {
      this.writes -= 1;
      // Not now: this is called in the midst of publishing, and a reading must see all of a batch published or nothing.
      if (this.writes === 0 || this.crowded) queueMicrotask(() => this.proceed());
    });
  }

  private read(request: Request): void {
    this.reading = true;
    void this.runner.read(request).then(() => {
      this.reading = false;
      this.proceed();
    });
  }

  private setCrowded(crowded: boolean): void {
    this.crowded = crowded;
    this.runner.crowd(crowded);
  }
}
