/** The benchmark runs from end to end and tells every figure; what the figures are is nobody's business here. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import t from 'tap';
import { KIND_NAMES } from '../../bench/flame/subjects.ts';
import { environment } from '../cli/parley.ts';

// A dozen processes are started one after another; on a busy machine each takes its time.
t.setTimeout(900_000);

const main = join(import.meta.dirname, '../../bench/main.ts');

/** The heading of each part, and the rows of its table at the tiny size. */
const PARTS: Record<string, string[]> = {
  'Acknowledged sends': ['1', '4', '1', '4'],
  'Fan-out in a room': ['3', '3'],
  'Memory of an idle socket': ['Parley', 'bare `ws`'],
  'A large file': ['upload', 'download'],
  'Reading and sending in a growing file': [
    'list: all',
    'list: open',
    'list: open, next page',
    'list: mine, open',
    'list: own, of a customer',
    'history: newest',
    'history: before a message',
    'sync',
    'unread',
    'unread, of the team',
    'send',
  ],
  Search: [
    'two frequent words in the large conversation',
    'two words in the large conversation',
    'two frequent words in a conversation of ten',
    'two frequent words, all of an agent’s',
    'two words, all of an agent’s',
    'a beginning of three letters, all of an agent’s',
    'two frequent words, ranked, all of an agent’s',
    'two frequent words, a customer with 1,000 conversations',
    'unread, a customer with 1,000 conversations',
  ],
  'Latency at a steady rate': ['Parley', 'Parley without writes'],
  'Sends beside bots that write': ['quiet', 'bots write'],
  'Webhooks that catch up': ['Parley'],
  'Sends while a backup is made': ['quiet', 'during a backup'],
  'Where the time of a send goes': [...KIND_NAMES, '**all**'],
  'Bringing in another chat': ['JSON lines of support sessions', 'CSV of direct messages'],
};

/** Rows of the table below a heading, without its head. */
function rowsBelow(heading: string, page: string): string[][] {
  const begin = page.indexOf(`### ${heading}\n`);
  const section = page.slice(begin + 4).split('\n### ')[0] ?? '';
  const lines = section.split('\n').filter((line) => line.startsWith('|'));
  return lines.slice(2).map((line) => line.slice(2, -2).split(' | '));
}

t.test('a tiny run measures every part and tells every figure', async (t) => {
  const child = spawn(process.execPath, [main, '--tiny', '--no-write'], {
    env: environment(),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [page, errors] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  t.equal(child.exitCode, 0, errors);
  for (const [heading, names] of Object.entries(PARTS)) {
    const rows = rowsBelow(heading, page);
    t.strictSame(
      rows.map(([name]) => name),
      names,
      heading,
    );
    for (const [name, ...figures] of rows) {
      for (const figure of figures) t.match(figure, /^-?\d/, `${heading}: ${name} is a number: ${figure}`);
    }
  }
});

t.test('a part that does not exist is refused by its name', async (t) => {
  const child = spawn(process.execPath, [main, 'speed'], { env: environment(), stdio: ['ignore', 'pipe', 'pipe'] });
  const [errors] = await Promise.all([text(child.stderr), once(child, 'close')]);
  t.equal(child.exitCode, 1);
  t.match(errors, /there is no part "speed"/);
});

t.test('a soak of a few seconds tells every figure', async (t) => {
  const soak = join(import.meta.dirname, '../../bench/soak/main.ts');
  const args = [soak, '--minutes', '0.05', '--sockets', '4', '--rate', '20', '--no-write'];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const [page, errors] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  t.equal(child.exitCode, 0, errors);
  const rows = page.split('\n').filter((line) => line.startsWith('| ') && !line.startsWith('| ---'));
  t.match(rows.slice(1), [/^\| resident/, /^\| open files/, /^\| log/, /^\| p50/, /^\| p99/]);
  for (const row of rows.slice(1)) t.match(row, /^\| [^|]+(\| [\d.,]+[^|]*){4}\|$/);
});
