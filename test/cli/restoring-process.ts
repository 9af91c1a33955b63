/**
 * `restoreBackup` in a process of its own. Before each of its changes of the file system the data folder is copied to one
 * named by the change's number: what a kill would leave there, with nothing tidied up. Prints how many changes there were.
 * With a number it is killed before that change indeed, and nothing is copied.
 */
import { randomUUIDv7 } from 'node:crypto';
import fs from 'node:fs';
import promises from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
import { restoreBackup } from '../../src/cli/backup/restore-backup.ts';

const [backup = '', data = '', copies = '', at = ''] = process.argv.slice(2);
let changes = 0;
let copying = false;

function count(): void {
  if (copying) return;
  changes += 1;
  if (at === '') copy(join(copies, String(changes)));
  else if (changes === Number(at)) die();
}

/** With the same functions of the file system, which are none of its changes then. */
function copy(to: string): void {
  copying = true;
  fs.cpSync(data, to, { recursive: true });
  copying = false;
}

function die(): void {
  process.kill(process.pid, 'SIGKILL');
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
}

/** Counts the calls of these functions before they do anything. */
function watch(module: object, names: readonly string[]): void {
  const functions = module as Record<string, (...given: unknown[]) => unknown>;
  for (const name of names) {
    const real = functions[name];
    if (real === undefined) throw new Error(`there is no ${name}`);
    functions[name] = (...given) => {
      count();
      return real(...given);
    };
  }
}

watch(fs, [
  'chmodSync',
  'copyFileSync',
  'fsyncSync',
  'linkSync',
  'mkdirSync',
  'renameSync',
  'rmSync',
  'rmdirSync',
  'writeFileSync',
]);
watch(promises, ['copyFile', 'mkdir']);
syncBuiltinESMExports();

await restoreBackup({
  backup,
  data,
  now: new Date(),
  newEpoch: randomUUIDv7,
  pid: process.pid,
  connection: {},
  onProgress: () => {},
});
process.stdout.write(`${changes}\n`);
