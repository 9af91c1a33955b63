/** Judges what waits by the rules, over the rows of the writing connection, within a transaction that somebody else ends. */
import { Refusal } from '../protocol/refusal.ts';
import type { Decision, Judge } from './judge.ts';
import type { Pending } from './pending.ts';
import { storageTrouble } from './storage-trouble.ts';
import type { WorkingSet } from './working-set.ts';
import type { WritingConnection } from './writing-connection.ts';

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

interface Surroundings {
  /** Wall clock in ms. */
  now: () => number;
  onError: (error: unknown) => void;
}

export class BatchJudge<C, P> {
  private readonly file: WritingConnection;
  private readonly judge: Judge<C, P>;
  private readonly now: () => number;
  private readonly onError: (error: unknown) => void;

  constructor(file: WritingConnection, judge: Judge<C, P>, { now, onError }: Surroundings) {
    this.file = file;
    this.judge = judge;
    this.now = now;
    this.onError = onError;
  }

  /** Whether a change is judged in a transaction of its own. */
  isAlone(change: C): boolean {
    return this.judge.alone?.(change) === true;
  }

  /**
   * Within a transaction: loads, judges and writes what of `batch` can go together, from the first on. What is judged alone
   * comes alone.
   */
  together(batch: Waiting<C>[]): Judged<P> {
    const { loader } = this.file;
    const [first] = batch;
    const alone = batch.length === 1 && first !== undefined && this.isAlone(first.change);
    if (alone) this.file.forget();
    const set = this.file.workingSet();
    loader.begin(set);
    let count = 0;
    for (const { change } of batch) {
      this.judge.want(change, loader);
      if (loader.stale) break;
      loader.next();
      count += 1;
    }
    const base = this.base(set);
    const decided = batch.slice(0, count).map((waiting, index) => this.one(set, waiting, base + index));
    set.meta.position = base + count - 1;
    const tookAway = this.file.writeRows(set);
    if (alone) this.file.forget();
    return { decided, position: set.meta.position, tookAway: tookAway || alone };
  }

  /** The store's clock: it follows the wall clock and never falls, not even over a restart with the clock behind. */
  private base(set: WorkingSet): number {
    return Math.max(this.now() * 1000, set.meta.position + 1);
  }

  private one(set: WorkingSet, { change, pending }: Waiting<C>, position: number): Decided<P> {
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
  settle(pending: Pending<unknown>, answer: Decision<P>['answer']): void {
    try {
      if ('value' in answer) pending.resolve(answer.value);
      else pending.reject(answer.refused);
    } catch (error) {
      this.onError(error);
    }
  }

  /** Within a transaction: one change under a savepoint, so that it fails alone. */
  alone(waiting: Waiting<C>): Decided<P> {
    const { database } = this.file;
    database.exec('SAVEPOINT alone');
    try {
      const [decided] = this.together([waiting]).decided;
      if (decided === undefined) throw new Error('a change alone was put off');
      this.file.kept?.endBatch();
      database.exec('RELEASE alone');
      return decided;
    } catch (error) {
      this.file.forget();
      if (storageTrouble(error) !== null || !database.inTransaction) throw error;
      database.exec('ROLLBACK TO alone');
      database.exec('RELEASE alone');
      this.onError(error);
      return { publications: [], settle: this.settler(waiting.pending, { refused: new Refusal('INTERNAL') }) };
    }
  }
}
