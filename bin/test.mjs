// Runs the tests: `npm test`, `npm test -- test/ws` for those of a folder, or `npm test -- test/ws/hello.test.ts
// --grep=/typing/` (everything after `--` goes to tap).
import { spawnSync } from 'node:child_process';
import { existsSync, globSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { beforeTests, tap } from './before-tests.mjs';

const UTF8 = { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 };

// Tap takes files alone.
const filesOf = (arg) =>
  statSync(arg, { throwIfNoEntry: false })?.isDirectory() ? globSync(join(arg, '**/*.test.ts')).sort() : [arg];
process.argv.splice(2, Infinity, ...process.argv.slice(2).flatMap(filesOf));

await beforeTests();

// Nothing that anybody said in any test, and no credential, may stand in a log of its servers (test/run-log.ts).
const logs = mkdtempSync(join(tmpdir(), 'parley-run-log-'));
process.env.TEST_RUN_LOG = logs;
process.on('exit', () => {
  const told = readdirSync(logs)
    .filter((name) => name.endsWith('.words') && existsSync(join(logs, name.replace(/words$/, 'log'))))
    .map(
      (name) => spawnSync('grep', ['-FHf', join(logs, name), join(logs, name.replace(/words$/, 'log'))], UTF8).stdout,
    )
    .join('');
  rmSync(logs, { recursive: true, force: true });
  if (told === '') return;
  console.error(`The log of a test's server holds what somebody said, or a credential:\n${told.slice(0, 4_000)}`);
  process.exitCode = 1;
});

// In this process: tap reads the same arguments and gets the signals itself.
await import(pathToFileURL(tap).href);
