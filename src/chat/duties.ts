/** What one of the servers that share a store does for all of them: the rules' own work by time, and the doors'. */
import type { Store } from '../db/store.ts';

/** See `db/duties.ts`. */
export type Duties = Store['duties'];
export type Duty = ReturnType<Duties['hold']>;

/** Resolves when the signal is aborted. */
export function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
