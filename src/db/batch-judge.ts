/** Judges what waits by the rules, over the rows that a store has loaded for it. */
import { Refusal } from '../protocol/refusal.ts';
import type { Decision, Judge } from './judge.ts';
import type { Loader } from './loader.ts';
import type { Pending } from './pending.ts';
import type { WorkingSet } from './working-set.ts';

/** A change that waits for its answer. */
export interface Waiting<C> {
  change: C;
  pending: Pending<unknown>;
}

/** A change that was judged: what others hear, and the answer to who asked. */
export interface Decided<P> {
  publications: P[];
  settle: () => void;
}

/** What one transaction holds, and where the store's clock stands behind it. */
export interface Judged<P> {
  decided: Decided<P>[];
  position: number;
  /** It took something away that somebody said, or may have. */
  tookAway: boolean;
}

export interface Surroundings {
  /** Wall clock in ms. */
  now: () => number;
  onError: (error: unknown) => void;
}

export class BatchJudge<C, P> {
  private readonly judge: Judge<C, P>;
  private readonly now: () => number;
  protected readonly onError: (error: unknown) => void;

  constructor(judge: Judge<C, P>, { now, onError }: Surroundings) {
    this.judge = judge;
    this.now = now;
    this.onError = onError;
  }

  /** Whether a change is judged in a transaction of its own. */
  isAlone(change: C): boolean {
    return this.judge.alone?.(change) === true;
  }

  /** Loads what `batch` names into `set`; gives how many of its changes, from the first on, can go together. */
  protected load(batch: readonly Waiting<C>[], loader: Loader, set: WorkingSet): number {
    loader.begin(set);
    let count = 0;
    for (const { change } of batch) {
      this.judge.want(change, loader);
      if (loader.stale) break;
      loader.next();
      count += 1;
    }
    return count;
  }

  /** Judges the batch over `set`, in which everything is that it names, and moves its clock. */
  protected decide(batch: readonly Waiting<C>[], set: WorkingSet): Decided<P>[] {
    const base = this.base(set);
    const decided = batch.map((waiting, index) => this.one(set, waiting, base + index));
    set.meta.position = base + batch.length - 1;
    return decided;
  }

  /** The store's clock: it follows the wall clock and never falls, not even over a restart with the clock behind. */
  private base(set: WorkingSet): number {
    return Math.max(this.now() * 1000, set.meta.position + 1);
  }

  private one(set: WorkingSet, { change, pending }: Waiting<C>, position: number): Decided<P> {
    const { answer, publications } = this.judge.decide(set, change, position);
    return { publications, settle: this.settler(pending, answer) };
  }

  /** What a change comes to that was written by no means. */
  protected failed({ pending }: Waiting<C>): Decided<P> {
    return { publications: [], settle: this.settler(pending, { refused: new Refusal('INTERNAL') }) };
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
  settle(pending: Pending<unknown>, answer: Decision<P>['answer']): void {
    try {
      if ('value' in answer) pending.resolve(answer.value);
      else pending.reject(answer.refused);
    } catch (error) {
      this.onError(error);
    }
  }
}
