/** Somebody who is told what happens and takes it at once; knows when the first and the newest came. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { answering } from '../process/asking.ts';

/** What came, each once; and when, ms. */
export interface Received {
  events: number;
  /** Told again. */
  doubles: number;
  ms: number;
}

let ids = new Set<string>();
let doubles = 0;
let first = 0;
let newest = 0;
let wanted: { count: number; come: () => void } | null = null;

const server = createServer((request, response) => {
  request.resume();
  request.on('end', () => {
    response.writeHead(204).end();
    newest = performance.now();
    if (ids.size === 0) first = newest;
    const id = String(request.headers['webhook-id']);
    if (ids.has(id)) doubles += 1;
    ids.add(id);
    if (wanted !== null && ids.size >= wanted.count) wanted.come();
  });
});
// A connection that nobody uses for a moment is not what is measured.
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`listens on http://127.0.0.1:${(server.address() as AddressInfo).port}\n`);
});

answering({
  /** Resolves when so many have come, and begins anew. */
  async received(count: number): Promise<Received> {
    if (ids.size < count) await new Promise<void>((come) => (wanted = { count, come }));
    const received = { events: ids.size, doubles, ms: newest - first };
    ids = new Set();
    doubles = 0;
    wanted = null;
    return received;
  },
});
process.on('SIGTERM', () => process.exit(0));
