/** What nobody else would write before the next start is handed over until the store takes it. */
import { setTimeout as pause } from 'node:timers/promises';

/** After a failure of our own (a full disk): when it is tried again. */
export const AGAIN_MS = 1_000;

/** Gives whether it was written; false: the server stops first. */
export async function untilWritten(write: () => Promise<void>, stopping: AbortSignal): Promise<boolean> {
  while (!stopping.aborted) {
    try {
      await write();
      return true;
    } catch {
      // The writer has told of it.
      await pause(AGAIN_MS, undefined, { signal: stopping, ref: false }).catch(() => {});
    }
  }
  return false;
}
