/** The one place where a thread is made. */
import { Worker } from 'node:worker_threads';

/** What a thread runs: a file, or its text (bundled as CommonJS) where there are no files. */
export type ThreadSource = { file: URL } | { code: string };

/** @param workerData plain data */
export function startThread(source: ThreadSource, workerData: unknown): Worker {
  return 'file' in source
    ? new Worker(source.file, { workerData })
    : new Worker(source.code, { workerData, eval: true });
}
