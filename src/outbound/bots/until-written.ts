/** What nobody else would write before the next start, or another server takes over, is handed over until the store takes it. */
import { setTimeout as pause } from 'node:timers/promises';

/** After a failure of our own (a full disk): when it is tried again. */
export const AGAIN_MS = 1_000;

/**
 * Gives whether it was written.
 *
 * @param held aborted when that is another's affair: at the next start, or at another server
 */
export async function untilWritten(write: () => Promise<void>, held: AbortSignal): Promise<boolean> {
  while (!held.aborted) {
    try {
      await write();
      return true;
    } catch {
      // The writer has told of it.
      await pause(AGAIN_MS, undefined, { signal: held, ref: false }).catch(() => {});
    }
  }
  return false;
}
