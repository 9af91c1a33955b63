/** The process is told to stop in the middle of load, once and twice; and starts again after an end without warning. */
import { randomUUIDv7 } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import t, { type Test } from 'tap';
import WebSocket from 'ws';
import { ofTheFile } from '../database.ts';
import { type Actor, type Body, callers } from '../helper.ts';
import { lineTo } from '../servers.ts';
import { asFile } from './as-file.ts';
import { readLedger } from './ledger.ts';
import { type ServerProcess, startServer } from './server-process.ts';

const WRITERS = 8;
const AT_ONCE = 6;
/** How long an end in order may take, and a start after one without order, ms. */
const GRACE_MS = 10_000;
const READY_MS = 5_000;
const BIG_WAL_BYTES = 64 * 1024 * 1024;
/** What follows the first signal sooner is taken for its echo. */
const SECOND_AFTER_MS = 700;

function tempFolder(t: Test): string {
  const folder = mkdtempSync(join(tmpdir(), 'parley-stop-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** What became of each send, by message id. */
class Fates {
  readonly sent = new Set<string>();
  readonly refused = new Set<string>();
  /** The codes that sends were refused with. */
  readonly codes = new Set<string>();
  readonly acknowledged = new Map<string, string>();
  private awaited: { count: number; reached: () => void } | null = null;

  acknowledge(id: string, conversationId: string): void {
    this.acknowledged.set(id, conversationId);
    if (this.awaited !== null && this.acknowledged.size >= this.awaited.count) this.awaited.reached();
  }

  refuse(id: string, code: string): void {
    this.refused.add(id);
    this.codes.add(code);
  }

  /** Resolves when so many are acknowledged. */
  until(count: number): Promise<void> {
    return new Promise((reached) => {
      this.awaited = { count, reached };
    });
  }
}

interface End {
  code: number;
  reason: string;
  bye: Body;
}

/** Writes over a socket, several at once, until the server says goodbye or is gone. */
async function writeOverSocket(fates: Fates, url: string, actor: Actor, length: number): Promise<End> {
  const socket = new WebSocket(`${lineTo(url).replace(/^http/, 'ws')}/v1/ws`, 'parley.v1');
  socket.on('error', () => {});
  const asked = new Map<number, string>();
  let [next, bye] = [1, null as Body];
  const send = () => {
    const id = randomUUIDv7();
    next += 1;
    asked.set(next, id);
    fates.sent.add(id);
    const message = { id, content: 'x'.repeat(length) };
    socket.send(JSON.stringify({ id: next, type: 'message.send', to: 'support', message }));
  };
  socket.on('message', (data) => {
    const frame = JSON.parse(String(data));
    if (frame.type === 'bye') bye = frame;
    const id = asked.get(frame.re);
    if (frame.type === 'welcome') for (let index = 0; index < AT_ONCE; index += 1) send();
    if (id === undefined) return;
    asked.delete(frame.re);
    if (frame.type === 'ok') fates.acknowledge(id, frame.message.conversationId);
    else fates.refuse(id, frame.code);
    if (bye === null) send();
  });
  await once(socket, 'open');
  socket.send(JSON.stringify({ id: 1, type: 'hello', token: actor.token }));
  const [code, reason] = await once(socket, 'close');
  return { code, reason: String(reason), bye };
}

/** The same over HTTP, until a request meets nobody. */
async function writeOverHttp(fates: Fates, actor: Actor): Promise<void> {
  for (;;) {
    const id = randomUUIDv7();
    fates.sent.add(id);
    try {
      const { status, body } = await actor.request('POST', 'messages', {
        to: 'support',
        message: { id, content: 'x' },
      });
      if (status === 201) fates.acknowledge(id, body.conversationId);
      else fates.refuse(id, body.code);
    } catch {
      return;
    }
  }
}

/** Everybody writes; gives what becomes of them when it is over. */
async function load(t: Test, server: ServerProcess, fates: Fates, length = 10): Promise<{ over: Promise<End[]> }> {
  const { visitor } = callers(t, server.url);
  const actors = await Promise.all(Array.from({ length: WRITERS }, () => visitor()));
  const sockets = actors.map((actor) => writeOverSocket(fates, server.url, actor, length));
  const requests = actors.slice(0, 3).map((actor) => writeOverHttp(fates, actor));
  const over = Promise.all([...sockets, ...requests]).then((ends) => ends.slice(0, WRITERS) as End[]);
  return { over };
}

/** Compares what was told with what is stored. */
async function stored(t: Test, folder: string, fates: Fates): Promise<Set<string>> {
  const ledger = readLedger(await asFile(t, folder));
  t.same(ledger.faults, []);
  const missing = [...fates.acknowledged].filter(([id, conversation]) => !ledger.messages.has(`${conversation} ${id}`));
  t.same(missing, [], `all ${fates.acknowledged.size} that were acknowledged are there`);
  return new Set([...ledger.messages.keys()].map((key) => key.split(' ')[1] as string));
}

t.test('told to stop under load, it answers what it has taken in, says goodbye and exits 0', async (t) => {
  const folder = tempFolder(t);
  const server = await startServer(t, folder);
  const fates = new Fates();
  const many = fates.until(400);
  const { over } = await load(t, server, fates);
  await many;
  const begun = performance.now();
  t.same(await server.end('SIGTERM'), [0, null]);
  const ends = await over;
  t.ok(performance.now() - begun < GRACE_MS, `within ${Math.round(performance.now() - begun)} ms`);
  for (const { code, reason, bye } of ends) {
    t.equal(code, 4100);
    t.match(reason, /^[1-9]\d*$/, 'the reason is when to come back');
    t.same(bye, { type: 'bye', code: 4100, retryMs: Number(reason) });
  }
  t.same(
    [...fates.codes].filter((code) => code !== 'OVERLOADED'),
    [],
    'who came too late was told to come back',
  );
  const there = await stored(t, folder, fates);
  // What got no answer was not taken in: its sender may well do it again, and is right that it is not there.
  const silently = [...there].filter((id) => fates.sent.has(id) && !fates.acknowledged.has(id));
  t.same(silently, [], 'nothing is there that was not acknowledged');
  t.equal(statSync(join(folder, 'parley.db-wal'), { throwIfNoEntry: false }), undefined, 'the log is written back');
});

t.test('told twice, it exits at once, and has all that it acknowledged', async (t) => {
  const folder = tempFolder(t);
  const server = await startServer(t, folder);
  const fates = new Fates();
  const many = fates.until(200);
  const { over } = await load(t, server, fates);
  // One who neither reads nor closes keeps the end waiting.
  const { visitor } = callers(t, server.url);
  const deaf = new WebSocket(`${server.url.replace(/^http/, 'ws')}/v1/ws`, 'parley.v1');
  deaf.on('error', () => {});
  await once(deaf, 'open');
  deaf.send(JSON.stringify({ id: 1, type: 'hello', token: (await visitor()).token }));
  await once(deaf, 'message');
  deaf.pause();
  await many;
  const exited = once(server.child, 'exit');
  server.child.kill('SIGTERM');
  let second = Number.POSITIVE_INFINITY;
  setTimeout(() => {
    t.equal(server.child.exitCode, null, 'it waits for the one who does not close');
    second = performance.now();
    server.child.kill('SIGTERM');
  }, SECOND_AFTER_MS);
  t.same(await exited, [1, null]);
  const ms = Math.round(performance.now() - second);
  t.ok(ms < 500, `at once: after ${ms} ms`);
  await Promise.all(server.others.map((other) => other.end('SIGTERM')));
  await over;
  deaf.terminate();
  await stored(t, folder, fates);
});

t.test(
  'after an end without warning it is ready in time, however much is in the log',
  { skip: ofTheFile },
  async (t) => {
    const folder = tempFolder(t);
    const server = await startServer(t, folder);
    const fates = new Fates();
    const { over } = await load(t, server, fates, 1_000);
    await fates.until(10);
    // Whoever reads an old state of the file for long keeps the log from being written back.
    const reader = new Database(join(folder, 'parley.db'), { readonly: true });
    reader.exec('BEGIN');
    reader.prepare('select count(*) from messages').get();
    const size = () => statSync(join(folder, 'parley.db-wal')).size;
    while (size() < BIG_WAL_BYTES) await fates.until(fates.acknowledged.size + 100);
    t.same(await server.end('SIGKILL'), [null, 'SIGKILL']);
    await over;
    t.ok(size() >= BIG_WAL_BYTES, `${Math.round(size() / 1024 / 1024)} MiB of log are left`);
    reader.close();

    const started = performance.now();
    const next = await startServer(t, folder);
    t.equal((await callers(t, next.url).request('GET', '/readyz')).status, 200);
    const ms = Math.round(performance.now() - started);
    // Where the start of an empty one takes long, so may this one.
    t.ok(
      ms < Math.max(READY_MS, 3 * server.startedIn),
      `ready after ${ms} ms, of which ${Math.round(next.startedIn)} until it listened`,
    );
    t.same(await next.end('SIGTERM'), [0, null]);
    await stored(t, folder, fates);
  },
);
