// What tests need before they run: tap as this project wants it, and the pages as their sources are.
//
// Tap comes with its plugins built in. One of them, for TypeScript, does not work with TypeScript 7 and is not needed:
// Node runs the .ts files itself. `.taprc` turns it off, which takes effect once tap is built anew, so that happens here
// on the first run after an install. A stamp inside the built folder remembers it; `npm ci` takes both away together.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { refreshPages } from './build-pages.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const stamp = join(root, 'node_modules', '@tapjs', 'test', 'test-built', 'parley-stamp');

/** Tap's own program. */
export const tap = join(root, 'node_modules', 'tap', 'dist', 'esm', 'run.mjs');

export async function beforeTests() {
  const builtFrom = readFileSync(join(root, '.taprc'), 'utf8');
  if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== builtFrom) {
    const build = spawnSync(process.execPath, [tap, 'build'], { cwd: root, encoding: 'utf8' });
    if (build.status !== 0) {
      console.error(`\`tap build\` failed:\n${build.stdout}${build.stderr}`);
      process.exit(1);
    }
    writeFileSync(stamp, builtFrom);
  }
  await refreshPages();
}
