/**
 * `restoreBackup` in a process that is killed before its n-th change of the file system, as by a power cut: nothing is
 * tidied up. Prints how many changes there were when it comes to its end.
 */
import { randomUUIDv7 } from 'node:crypto';
import fs from 'node:fs';
import promises from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { restoreBackup } from '../../src/cli/backup/restore-backup.ts';

const [backup = '', data = '', at = '0'] = process.argv.slice(2);
let changes = 0;

function count(): void {
  changes += 1;
  if (changes !== Number(at)) return;
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
