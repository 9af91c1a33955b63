/**
 * When the search index follows what was written. Not while changes wait, as long as little is missing; whoever
 * searches has the rest indexed first. Where changes never cease the index takes every other turn once it is far behind.
 * Likewise what the steps have left is merged: when nobody writes, or once it is much.
 */
import { Refusal } from '../protocol/refusal.ts';
import type { MetaRow } from './rows.ts';
import { FAR_BEHIND, STEP_ROWS } from './search-index.ts';

/** Nobody who searches waits for more than this: it is a file that was just migrated or brought in. */
const TOO_FAR_BEHIND = 50_000;
const RETRY_MS = 2_000;
/** Segments that are merged when nobody writes, and those that are merged all the same. */
const MERGE_IDLE = 8;
const MERGE_BUSY = 32;

interface Waiting {
  upTo: number;
  done: () => void;
}

export class Indexing {
  private mark = 0;
  private lastId = 0;
  private waiting: Waiting[] = [];
  private justIndexed = false;
  private stopped = false;
  /** Segments since the last merging was done; what an earlier process left is not known. */
  private unmerged = MERGE_IDLE - 1;

  /** How many keys are not looked at yet; few of them need be messages. */
  private get behind(): number {
    return this.lastId - this.mark;
  }

  /** Tells where things stand after a transaction. */
  noted({ lastId, searchMark }: MetaRow, indexed: boolean): void {
    this.lastId = lastId;
    this.mark = searchMark;
    this.justIndexed = indexed;
    if (indexed) this.unmerged += 1;
    this.stopped = false;
    this.tell((upTo) => upTo <= searchMark);
  }

  /** Tells that messages were changed which may be indexed: that leaves a segment, as a step does. */
  changed(): void {
    this.unmerged += 1;
  }

  /** Nothing is indexed until something was written again: nobody waits for it. */
  pause(): void {
    this.stopped = true;
    this.tell(() => true);
  }

  /** @param busy whether changes wait */
  isDue(busy: boolean): boolean {
    if (this.behind === 0 || this.stopped) return false;
    if (busy && this.justIndexed) return false;
    return this.waiting.length > 0 || this.behind >= (busy ? FAR_BEHIND : STEP_ROWS);
  }

  /** @param busy whether changes wait */
  isMergeDue(busy: boolean): boolean {
    if (this.stopped || (busy && this.justIndexed)) return false;
    return this.unmerged >= (busy ? MERGE_BUSY : MERGE_IDLE);
  }

  /** Tells that a step of merging was taken, and whether there is more to do. */
  merged(more: boolean): void {
    this.justIndexed = true;
    if (!more) this.unmerged = 0;
  }

  /** Resolves when all that is written by now is indexed; throws `OVERLOADED` when that would take long. */
  upToDate(): Promise<void> {
    if (this.behind === 0 || this.stopped) return Promise.resolve();
    if (this.behind > TOO_FAR_BEHIND) {
      return Promise.reject(
        new Refusal('OVERLOADED', { message: 'The search index is being made.', retryMs: RETRY_MS }),
      );
    }
    return new Promise((done) => this.waiting.push({ upTo: this.lastId, done }));
  }

  private tell(which: (upTo: number) => boolean): void {
    if (this.waiting.length === 0) return;
    const told = this.waiting.filter(({ upTo }) => which(upTo));
    this.waiting = this.waiting.filter((one) => !told.includes(one));
    for (const { done } of told) done();
  }
}
