/** The one way to change anything that is kept, whatever store keeps it. */
import type { Pending } from './pending.ts';

export interface WriterOptions {
  /** Changes that may wait; past it a change is refused at once with `OVERLOADED`. */
  maxWaiting: number;
  /** Changes in one transaction. */
  batchSize: number;
  /** Wall clock in ms. */
  now: () => number;
  /** Told when writing stops being possible, and when it is again (null). */
  onTrouble?: (reason: string | null) => void;
  onError?: (error: unknown) => void;
  onBatch?: (changes: number, ms: number) => void;
}

/** `C` is what changes are, `_P` what is published of them. */
export interface Writer<C, _P> {
  /** Hands over a change. What it comes to is told by the answer; the order of calls is the order of judgement. */
  submit<T>(change: C): Pending<T>;
  /** The position of the newest published batch. */
  readonly position: number;
  /** How many changes wait. */
  readonly waiting: number;
  /** Resolves when a search finds all that was acknowledged by now; rejects with `OVERLOADED` while that takes long. */
  indexed(): Promise<void>;
}
