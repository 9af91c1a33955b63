/** How a command opens a store that it has for itself, and in which nobody waits beside it. */
import { randomUUIDv7 } from 'node:crypto';
import type { StoreOptions } from '../db/open.ts';
import { native } from './inside.ts';

/** @param folder the data folder. Throws a `StartError` when the binary's addon can be put nowhere */
export function soleStore(folder: string): StoreOptions {
  return {
    folder,
    ...native(),
    pid: process.pid,
    newEpoch: randomUUIDv7,
    now: Date.now,
    maxWaiting: 1,
    batchSize: 1,
  };
}
