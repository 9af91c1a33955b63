/**
 * A kill leaves what was written in the system's memory; a power cut does not. So the server runs traced, and for each
 * moment in which somebody learned that a message is stored, the disk is rebuilt as a power cut could have left it.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import t, { type Test } from 'tap';
import { environment } from '../cli/parley.ts';
import { ofTheFile } from '../database.ts';
import { isThere } from '../db/processes.ts';
import { callers } from '../helper.ts';
import { replay, type Verdict } from './power-loss/replay.ts';
import { readTrace, traceOptions } from './power-loss/trace.ts';
import { settingsFor } from './server-process.ts';
import { answeringAgent, Book, type Writer, writingVisitor } from './writers.ts';

const SEED = 20_261_121;
/** Enough for the log to be brought into the file once on the way. */
const MESSAGES = 1100;
const NAMES = 40;
const VISITORS = 3;
const skip = ofTheFile || (!isThere('strace') && 'no strace here to see what a server does to its files');

function tempFolder(t: Test): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'parley-power-')));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

interface Traced {
  url: string;
  /** Stops it in order, once all that it did is in the log. */
  stop(): Promise<void>;
}

/** Runs a script traced, over a data folder, and waits for the line with its address. */
async function startTraced(t: Test, log: string, folder: string, script: string[], settings = {}): Promise<Traced> {
  const child = spawn('strace', [...traceOptions(log), process.execPath, ...script], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: environment(settings),
  });
  const ended = once(child, 'exit');
  // The tracer passes no signal on, and ends with what it traces.
  const signal = (name: NodeJS.Signals) => process.kill(Number(readFileSync(join(folder, 'parley.pid'), 'utf8')), name);
  t.teardown(async () => {
    if (child.exitCode === null) signal('SIGKILL');
    await ended;
  });
  for await (const line of createInterface(child.stdout)) {
    const url = /http:\S+/.exec(line)?.[0];
    if (url === undefined) continue;
    child.stdout.resume();
    const stop = async () => {
      signal('SIGTERM');
      t.same(await ended, [0, null]);
    };
    return { url, stop };
  }
  throw new Error(`the server did not start: ${await ended}`);
}

const uuids = (text: string) => Array.from(text.matchAll(/"id":"([0-9a-f-]{36})"/g), ([, id = '']) => id);

t.test('a power cut at any moment loses no message that anybody was told of', { skip }, async (t) => {
  const [folder, aside] = [tempFolder(t), tempFolder(t)];
  const log = join(aside, 'log');
  const main = join(import.meta.dirname, '../../src/main.ts');
  const server = await startTraced(t, log, folder, [main, 'serve'], settingsFor(folder));
  const book = new Book();
  const people = callers(t, server.url);
  const visitors: Writer[] = [];
  for (let index = 0; index < VISITORS; index += 1) visitors.push(await writingVisitor(book, people));
  const agent = await answeringAgent(book, people, visitors[0] as Writer);
  const written = book.grownBy(MESSAGES);
  const cut = [...visitors, agent].map((writer) => writer.writeUntilCut(server.url));
  await written;
  await server.stop();
  await Promise.all(cut);

  const sent = new Set([...book.acknowledged.keys()].map((key) => key.slice(-36)));
  const verdict = await replay(readTrace(log), {
    file: join(folder, 'parley.db'),
    told: (text) => uuids(text).filter((id) => sent.has(id)),
    stored: 'select uuid from messages',
    folder: aside,
    seed: SEED,
  });
  t.equal(verdict.told, sent.size, `${verdict.told} messages were seen to be told`);
  t.match(verdict, { losing: 0, damaged: 0, first: null }, `${verdict.disks} disks, seed ${SEED}`);
  t.ok(verdict.disks > 20);
});

/** What the replay makes of a small server that is as careful as said. */
async function verdictOn(t: Test, how: 'careful' | 'careless' | 'hasty'): Promise<Verdict> {
  const [folder, aside] = [tempFolder(t), tempFolder(t)];
  const log = join(aside, 'log');
  const script = join(import.meta.dirname, 'power-loss/entering-server.ts');
  const server = await startTraced(t, log, folder, [script, folder, how]);
  for (let index = 0; index < NAMES; index += 1) await (await fetch(`${server.url}/name-${index}`)).text();
  await server.stop();
  return replay(readTrace(log), {
    file: join(folder, 'parley.db'),
    told: (text) => Array.from(text.matchAll(/entered (name-\d+)/g), ([, name = '']) => name),
    stored: 'select name from users',
    folder: aside,
    seed: SEED,
  });
}

t.test('the replay finds nothing wrong with a careful server', { skip }, async (t) => {
  const verdict = await verdictOn(t, 'careful');
  t.match(verdict, { told: NAMES, losing: 0, damaged: 0 }, `${verdict.disks} disks`);
});

t.test("the replay finds out the driver's own setting, which syncs now and then", { skip }, async (t) => {
  const { told, losing, damaged, first } = await verdictOn(t, 'careless');
  t.equal(told, NAMES);
  t.ok(losing > NAMES, `${losing} disks lose something: ${first}`);
  t.equal(damaged, 0);
});

t.test('the replay finds out an answer before the commit', { skip }, async (t) => {
  const { told, losing, first } = await verdictOn(t, 'hasty');
  t.equal(told, NAMES);
  t.ok(losing > 0, `${losing} disks lose something: ${first}`);
});
