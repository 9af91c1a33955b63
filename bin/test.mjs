// Runs the tests: `npm test`, `npm test -- test/ws` for those of a folder, or `npm test -- test/ws/hello.test.ts
// --grep=/typing/` (everything after `--` goes to tap).
//
// Tap comes with its plugins built in. One of them, for TypeScript, does not work with TypeScript 7 and is not needed:
// Node runs the .ts files itself. `.taprc` turns it off, which takes effect once tap is built anew, so that happens here
// on the first run after an install. A stamp inside the built folder remembers it; `npm ci` takes both away together.
import { spawnSync } from 'node:child_process';
import { existsSync, globSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { refreshPages } from './build-pages.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const tap = join(root, 'node_modules', 'tap', 'dist', 'esm', 'run.mjs');
const stamp = join(root, 'node_modules', '@tapjs', 'test', 'test-built', 'parley-stamp');
const UTF8 = { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 };
const builtFrom = readFileSync(join(root, '.taprc'), 'utf8');

if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== builtFrom) {
  const build = spawnSync(process.execPath, [tap, 'build'], { cwd: root, encoding: 'utf8' });
  if (build.status !== 0) {
    console.error(`\`tap build\` failed:\n${build.stdout}${build.stderr}`);
    process.exit(1);
  }
  writeFileSync(stamp, builtFrom);
}

// Tap takes files alone.
const filesOf = (arg) =>
  statSync(arg, { throwIfNoEntry: false })?.isDirectory() ? globSync(join(arg, '**/*.test.ts')).sort() : [arg];
process.argv.splice(2, Infinity, ...process.argv.slice(2).flatMap(filesOf));

await refreshPages();

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
