/** Slow readings, which may take seconds, as they are asked for by name: each over one state, and beside everything else. */
import type { Questions } from './questions.ts';
import type { ThreadReadings } from './reader-threads.ts';
import type { ThreadSource } from './thread.ts';

/** The same readings in two ways: a store whose driver is synchronous runs them in threads, another in this process. */
export interface ReadersSource {
  thread: ThreadSource;
  here: (questions: Questions) => Promise<ThreadReadings>;
}

export interface Readers<R extends ThreadReadings> {
  /** Rejects with the refusal that the reading threw, or with `OVERLOADED`. */
  read<N extends keyof R & string>(reading: N, ...given: Parameters<R[N]>): Promise<Awaited<ReturnType<R[N]>>>;
}
