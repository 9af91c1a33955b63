/** What a store is to everybody, whatever it keeps its rows in. */
import type { Bus } from './bus.ts';
import type { Duties } from './duties.ts';
import type { Judge } from './judge.ts';
import type { Passing } from './passing.ts';
import type { Maybe, Questions } from './questions.ts';
import type { ThreadReadings } from './reader-threads.ts';
import type { Readers, ReadersSource } from './readers.ts';
import type { Writer } from './writer.ts';

export interface Store {
  /** Of this life of the store: a restore gives it another. */
  readonly epoch: string;
  /** What readings ask. */
  readonly questions: Questions;
  /** Has a reading see one state of everything, whatever it asks and whatever is written meanwhile. */
  readonly reading: <T>(read: () => Promise<T>) => Promise<T>;
  /** What servers on the same database say to each other. */
  readonly bus: Bus;
  /** What is done once, however many servers share it. */
  readonly duties: Duties;
  /** What is kept for minutes, of a kind that nothing else has. */
  passing<T>(kind: string): Passing<T>;
  /** The position of the newest commit that this process knows of, µs. */
  readonly position: number;
  /** Why nothing can be written right now; null when all is well. */
  readonly trouble: string | null;
  /** The position of the newest commit in the state that the reading sees in which it is asked, µs. */
  clock(): Maybe<number>;
  /** What tokens and keys are signed with: that of all servers of this store. Throws `StartError` where it is not whole. */
  secret(): Maybe<Buffer>;
  /** Runs `work` while nobody else, on any server of this store, runs some of the same name. */
  exclusively<T>(name: string, work: () => Promise<T>): Promise<T>;
  /** Makes the writer, once. The rules come from above: the store knows none. */
  openWriter<C, P>(judge: Judge<C, P>): Writer<C, P>;
  /** Makes what answers slow readings, beside everything else. Like the rules, these come from above. */
  openReaders<R extends ThreadReadings>(source: ReadersSource): Readers<R>;
  /** Bytes that it takes, and those of a log of SQLite's. */
  size(): Maybe<{ database: number; wal: number }>;
  /** Answers what was taken in, and lets go of what is kept. */
  close(): Promise<void>;
}
