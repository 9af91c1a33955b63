/** Reads the files of an import: large ones in a thread, which understands what is next while this one writes. */
import { on } from 'node:events';
import { startThread, type ThreadSource } from '../../db/thread.ts';
import { type Batch, type Sources, understood } from './understood.ts';

/** What is not worth a thread. */
const FEW_BYTES = 4 * 1024 * 1024;
/** Batches that are made before they are taken: the memory that they fill is bounded. */
const AHEAD = 8;

/** @param size bytes of all files */
export function batchesOf(sources: Sources, size: number, thread: ThreadSource): AsyncGenerator<Batch> {
  return size <= FEW_BYTES ? understood(sources) : readInThread(sources, thread);
}

async function* readInThread(sources: Sources, source: ThreadSource): AsyncGenerator<Batch> {
  const thread = startThread(source, sources);
  try {
    const batches = on(thread, 'message');
    for (let asked = 0; asked < AHEAD; asked += 1) thread.postMessage('next');
    for await (const [batch] of batches as AsyncIterable<[Batch | null]>) {
      if (batch === null) return;
      thread.postMessage('next');
      yield batch;
    }
  } finally {
    await thread.terminate();
  }
}
