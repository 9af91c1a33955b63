/** What V8 counts becomes what was run, character by character. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import t from 'tap';
import { addAll, fromStretches, ranIn, toStretches } from './ran.ts';

/** A file of counts as a process leaves it. */
function counted(root: string, file: string, ...ranges: [from: number, to: number, count: number][]): string {
  const functions = ranges.map(([startOffset, endOffset, count]) => ({ ranges: [{ startOffset, endOffset, count }] }));
  return JSON.stringify({ result: [{ url: pathToFileURL(join(root, file)).href, functions }] });
}

t.test('an inner range says more than the one around it, and what one process ran was run', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'parley-test-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const counts = join(folder, 'counts');
  for (const inner of ['src', 'test', 'counts']) mkdirSync(join(folder, inner));
  for (const file of ['src/a.ts', 'test/a.test.ts']) writeFileSync(join(folder, file), '0123456789');
  const file = (number: number) => join(counts, `${number}.json`);
  writeFileSync(file(1), counted(folder, 'src/a.ts', [0, 12, 1], [2, 6, 0], [3, 4, 5]));
  writeFileSync(file(2), counted(folder, 'src/a.ts', [0, 12, 1], [2, 6, 0], [5, 6, 1]));
  writeFileSync(file(3), counted(folder, 'test/a.test.ts', [0, 12, 1]));
  writeFileSync(file(4), '{"result":[{"url":"file:///pro');
  const ran = ranIn(counts, folder);
  t.same([...ran.keys()], ['src/a.ts'], 'of the sources only, and of whole files only');
  t.equal(ran.get('src/a.ts')?.join(''), '1101011111');
  t.same(fromStretches(toStretches(ran)), ran, 'it is kept as it is');
  addAll(ran, new Map([['src/a.ts', Uint8Array.from([0, 0, 1])]]));
  t.equal(ran.get('src/a.ts')?.join(''), '1111011111');
});

t.test('a file of which nothing was run is kept as one', async (t) => {
  const ran = new Map([['src/a.ts', new Uint8Array(3)]]);
  t.same(fromStretches(toStretches(ran)), ran);
});
