/** Loaded into a server (`--import`): its loop stands still again and again, as by a collection or a page fault. */
import { isMainThread } from 'node:worker_threads';

const STALL_MS = 300;
const EVERY_MS = 500;

if (isMainThread) {
  setInterval(() => {
    const until = performance.now() + STALL_MS;
    while (performance.now() < until);
  }, EVERY_MS).unref();
}
