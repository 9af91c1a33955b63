/** A bot's program that never stops talking: a word of an answer every 25 ms, as a fast model writes. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { answering } from '../process/asking.ts';

const WORD_EVERY_MS = 25;

let talking = 0;
const server = createServer((request, response) => {
  request.resume();
  talking += 1;
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  // Nobody's words fall on everybody's.
  const begin = setTimeout(() => {
    const words = setInterval(() => response.write('data: {"delta":"word "}\n\n'), WORD_EVERY_MS);
    response.on('close', () => clearInterval(words));
  }, Math.random() * WORD_EVERY_MS);
  response.on('close', () => {
    clearTimeout(begin);
    talking -= 1;
  });
});
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`listens on http://127.0.0.1:${(server.address() as AddressInfo).port}\n`);
});

answering({
  /** Resolves when so many answers are being written. */
  async talking(count: number): Promise<number> {
    while (talking < count) await new Promise((resolve) => setTimeout(resolve, 20));
    return talking;
  },
});
process.on('SIGTERM', () => process.exit(0));
