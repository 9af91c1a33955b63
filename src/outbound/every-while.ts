/** Work from time to time for as long as a duty is held. */
import { untilAborted } from '../chat/duties.ts';

/**
 * Has `work` done each `everyMs`, never twice at once, until `held` is aborted; resolves when the last of it is over.
 *
 * @param onError told of what it throws: the next time comes all the same
 */
export async function everyWhile(
  held: AbortSignal,
  everyMs: number,
  work: () => Promise<void>,
  onError: (error: unknown) => void,
): Promise<void> {
  let working: Promise<void> | null = null;
  const timer = setInterval(() => {
    working ??= work()
      .catch(onError)
      .finally(() => {
        working = null;
      });
  }, everyMs).unref();
  await untilAborted(held);
  clearInterval(timer);
  await working;
}
