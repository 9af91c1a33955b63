/** What a start of the bundled server does not load of the runtime, and that it is there for whoever uses it. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import t from 'tap';
import { lateBuiltins } from '../../bin/late-builtins.ts';
import { leftOut } from '../../bin/left-out.ts';

const run = promisify(execFile);
const root = join(import.meta.dirname, '../..');

/** Bundles a script as the executable's program is, and gives what it prints when it runs. */
async function printed(script: string): Promise<unknown> {
  const folder = mkdtempSync(join(tmpdir(), 'parley-bundle-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const outfile = join(folder, 'main.cjs');
  await build({
    stdin: { contents: script, resolveDir: root, loader: 'js' },
    bundle: true,
    platform: 'node',
    format: 'cjs',
    external: ['pino-pretty'],
    define: { 'import.meta.url': JSON.stringify('file:///parley') },
    logLevel: 'silent',
    plugins: [lateBuiltins, leftOut],
    outfile,
  });
  // Without what a test's own process is told to load.
  return JSON.parse((await run(process.execPath, [outfile], { env: {} })).stdout);
}

t.test('the whole server is loaded without what only calls to the outside need, or who packs', async (t) => {
  const loaded = (await printed(`
    import './src/cli/serve.ts';
    import './src/app.ts';
    console.log(JSON.stringify(process.moduleLoadList));
  `)) as string[];
  t.ok(loaded.includes('NativeModule http'), 'the list is told as it is looked for here');
  for (const name of ['http2', 'https', 'tls', 'zlib']) t.notOk(loaded.includes(`NativeModule ${name}`), name);
});

t.test('whoever uses one of them has it', async (t) => {
  const told = await printed(`
    const https = require('node:https');
    const { rootCertificates } = require('tls');
    console.log(JSON.stringify([new https.Agent() instanceof https.Agent, rootCertificates.length > 100]));
  `);
  t.same(told, [true, true]);
});
