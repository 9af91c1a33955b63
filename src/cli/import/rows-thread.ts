/**
 * What the thread runs that reads the files of an import: a batch for each time that it is asked for one, null at the end.
 * Nothing in it depends on where it lies, so that it can be bundled into one text.
 */
import { on } from 'node:events';
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { type Sources, understood } from './understood.ts';

async function handOver(sources: Sources, port: MessagePort): Promise<void> {
  const asked = on(port, 'message');
  for await (const batch of understood(sources)) {
    await asked.next();
    port.postMessage(batch);
  }
  await asked.next();
  port.postMessage(null);
}

if (parentPort === null) throw new Error('the files of an import are read in a thread');
// What it rejects with ends the thread, and is told to who began it.
void handOver(workerData, parentPort);
