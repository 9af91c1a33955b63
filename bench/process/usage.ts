/**
 * Loaded into every server that is measured (`node --import`), Parley's own included: tells how much memory the process
 * uses, after a full collection. Needs `--expose-gc`.
 */
import { setTimeout } from 'node:timers/promises';
import { answering } from './asking.ts';

/** Bytes. */
export interface Memory {
  resident: number;
  heap: number;
}

/** V8 gives pages back in the background, after a collection. */
const PAUSE_MS = 300;
const COLLECTIONS = 4;

answering({
  memory: async (): Promise<Memory> => {
    // A later collection takes what the finalizers of an earlier one let go. The last resort keeps no page in reserve:
    // what the start has left free would else hide what the sockets take.
    for (let turn = 0; turn < COLLECTIONS; turn += 1) {
      globalThis.gc?.({ type: 'major', execution: 'sync', flavor: 'last-resort' });
      await setTimeout(PAUSE_MS);
    }
    const { rss, heapUsed } = process.memoryUsage();
    return { resident: rss, heap: heapUsed };
  },
});

// Being asked must not keep a server alive that has stopped.
process.channel?.unref();
