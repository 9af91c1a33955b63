/** What the rules are to the writer, who knows none of them. */
import type { Refusal } from '../protocol/refusal.ts';
import type { Want } from './want.ts';
import type { WorkingSet } from './working-set.ts';

/** What a change came to: an answer or a refusal, and what others are to hear of it. */
export interface Decision<P> {
  answer: { value: unknown } | { refused: Refusal };
  publications: P[];
}

/** The rules, handed to the writer at the start. `P` is what they publish. */
export interface Judge<C, P> {
  /** Whether a change rewrites many rows: it is judged in a batch of its own, and no row in memory outlives it. */
  alone?(change: C): boolean;
  /** Names what the change needs to see. */
  want(change: C, want: Want): void;
  /** Judges a change against the set and writes into it; a refusal leaves the set as it was. Pure. */
  decide(set: WorkingSet, change: C, position: number): Decision<P>;
  /**
   * After the commit, in the order of the batch; `settle` answers who asked and is called once, within.
   *
   * @param elsewhere another server wrote it
   */
  publish(decided: { publications: P[]; settle: () => void }[], position: number, elsewhere?: boolean): void;
  /** What other servers are to publish of it, as data that JSON keeps; null: nothing. Absent: all of it. */
  forOthers?(publication: P): P | null;
  /** What other servers wrote up to `position` never came here: whoever listens is to read anew. */
  lost?(position: number): void;
}
