/**
 * The server is killed again and again in the middle of load, as `kill -9`, the system short of memory, or a fault of
 * the machine would; what it acknowledged before is compared with what is in the file.
 */
import { randomInt } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { countOf } from '../faults/counts.ts';
import { callers } from '../helper.ts';
import { asFile } from './as-file.ts';
import { readLedger } from './ledger.ts';
import { startServer } from './server-process.ts';
import { answeringAgent, Book, type Writer, writingVisitor } from './writers.ts';

const CYCLES = countOf('CYCLES', 20, 200);
/** On a slow machine there are fewer, but some. */
const TIME_MS = CYCLES * 2_000;
const FEWEST_CYCLES = 5;
const VISITORS = 6;
const AGENTS = 2;
/** How many messages may be acknowledged before the next kill. */
const LIVES = { from: 1, to: 500 };
/** How soon the server is there again after a kill. */
const READY_MS = 15_000;

t.setTimeout(100_000 + 2 * TIME_MS);

function tempFolder(t: Test): string {
  const folder = mkdtempSync(join(tmpdir(), 'parley-life-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Fails unless the file is whole and has everything that was acknowledged. */
function compare(t: Test, file: string, { acknowledged }: Book, when: string): void {
  const ledger = readLedger(file);
  t.same(ledger.faults, [], `${when}: the file agrees with itself`);
  const missing = [...acknowledged].filter(([key, { seq, rev, content }]) => {
    const stored = ledger.messages.get(key);
    return stored?.seq !== seq || stored.rev !== rev || stored.content !== content;
  });
  t.same(missing, [], `${when}: all ${acknowledged.size} acknowledged messages are stored as they were told`);
}

/** Visitors over sockets, and agents over HTTP who write into the conversations of some of them. */
async function makeWriters(book: Book, people: Parameters<typeof writingVisitor>[1]): Promise<Writer[]> {
  const visitors: Writer[] = [];
  for (let index = 0; index < VISITORS; index += 1) visitors.push(await writingVisitor(book, people));
  const agents: Writer[] = [];
  for (const visitor of visitors.slice(0, AGENTS)) agents.push(await answeringAgent(book, people, visitor));
  return [...visitors, ...agents];
}

t.test('killed at any moment, the server loses nothing that it acknowledged', async (t) => {
  const folder = tempFolder(t);
  const book = new Book();
  const starts: number[] = [];
  let writers: Writer[] = [];
  const begun = performance.now();
  for (let cycle = 1; cycle <= CYCLES; cycle += 1) {
    if (cycle > FEWEST_CYCLES && performance.now() - begun > TIME_MS) break;
    const server = await startServer(t, folder);
    starts.push(server.startedIn);
    if (writers.length === 0) writers = await makeWriters(book, callers(t, server.url));
    const doomed = book.grownBy(randomInt(LIVES.from, LIVES.to));
    const cut = writers.map((writer) => writer.writeUntilCut(server.url));
    await doomed;
    t.same(await server.end('SIGKILL'), [null, 'SIGKILL']);
    await Promise.all(cut);
    compare(t, await asFile(t, folder), book, `after kill ${cycle}`);
  }
  const usual = starts.toSorted((a, b) => a - b)[starts.length >> 1] as number;
  t.ok(usual < READY_MS, `ready within ${Math.round(usual)} ms as a rule`);
  t.ok(book.retried > 0, `${book.retried} that were under way were sent again`);

  const server = await startServer(t, folder);
  const written = book.grownBy(100);
  const cut = writers.map((writer) => writer.writeUntilCut(server.url));
  await written;
  t.same(await server.end('SIGTERM'), [0, null], 'told to stop, it stops in order');
  await Promise.all(cut);
  compare(t, await asFile(t, folder), book, 'in the end');
});
