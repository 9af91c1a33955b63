// Runs the tests: `npm test`, `npm test -- test/ws` for those of a folder, or `npm test -- test/ws/hello.test.ts
// --grep=/typing/` (everything after `--` goes to tap).
//
// Tap comes with its plugins built in. One of them, for TypeScript, does not work with TypeScript 7 and is not needed:
// Node runs the .ts files itself. `.taprc` turns it off, which takes effect once tap is built anew, so that happens here
// on the first run after an install. A stamp inside the built folder remembers it; `npm ci` takes both away together.
import { spawnSync } from 'node:child_process';
import { existsSync, globSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { refreshPages } from './build-pages.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const tap = join(root, 'node_modules', 'tap', 'dist', 'esm', 'run.mjs');
const stamp = join(root, 'node_modules', '@tapjs', 'test', 'test-built', 'parley-stamp');
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

// In this process: tap reads the same arguments and gets the signals itself.
await import(pathToFileURL(tap).href);
