import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import t from 'tap';
import { environment } from './parley.ts';

const script = join(import.meta.dirname, 'logging-process.ts');

/** The lines of a log; each is a whole JSON object, or this throws. */
function parsed(log: string): { line?: number; dropped?: number; msg?: string }[] {
  return log
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
}

t.test('a reader who keeps reading gets every line', async (t) => {
  const child = spawn(process.execPath, [script, '2000'], { env: environment(), stdio: ['ignore', 'pipe', 'ignore'] });
  const [log] = await Promise.all([text(child.stdout), once(child, 'close')]);
  t.equal(child.exitCode, 0);
  t.same(
    parsed(log).map(({ line }) => line),
    Array.from({ length: 2000 }, (_, line) => line),
  );
});

t.test('a reader who has stopped reading costs lines, not the process, and later hears how many', async (t) => {
  const child = spawn(process.execPath, [script, '20000', 'drain'], {
    env: environment(),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  await once(child.stderr, 'data');
  const [log] = await Promise.all([text(child.stdout), once(child, 'close')]);
  t.equal(child.exitCode, 0);

  const lines = parsed(log);
  const kept = lines.filter(({ line }) => line !== undefined);
  t.ok(kept.length > 1000 && kept.length < 20_000, 'what fits into the bound is kept');
  t.same(
    kept.map(({ line }) => line),
    kept.map((_, index) => index),
    'the first ones, in order',
  );
  const [tellsOf, last, ...others] = lines.slice(kept.length);
  t.match(tellsOf, { msg: 'lines of the log were dropped', dropped: 20_000 - kept.length });
  t.match(last, { msg: 'after the drain' });
  t.same(others, []);
});

t.test('a reader who never reads again does not keep the process from ending', async (t) => {
  const child = spawn(process.execPath, [script, '20000'], { env: environment(), stdio: ['ignore', 'pipe', 'pipe'] });
  const [code] = await once(child, 'exit');
  t.equal(code, 0);
  child.stdout.destroy();
});

t.test('a file takes every line', async (t) => {
  const file = join(t.testdir(), 'parley.log');
  const out = openSync(file, 'w');
  const child = spawn(process.execPath, [script, '500'], { env: environment(), stdio: ['ignore', out, 'ignore'] });
  await once(child, 'close');
  closeSync(out);
  t.equal(parsed(readFileSync(file, 'utf8')).length, 500);
});
