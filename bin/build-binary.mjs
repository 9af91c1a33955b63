// `npm run build:binary`: Parley as one executable, dist/parley. The server bundled into one file, the other commands into
// another, and beside them inside the runtime: the pages, SQLite's addon, what threads run, packages that are loaded late,
// the API page's files. Migrations are code already.
//
//   npm run build:binary -- --platform linux-arm64   for another platform, whose runtime npm then fetches
//   npm run build:binary -- --out /tmp/parley        elsewhere
//
// It runs without anything beside it. Where the system has `strip`, the runtime's symbols are left out (a fifth of it).
// One for this platform also carries what V8 has compiled of it (bin/compile-by-running.mjs).
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build, stop } from 'esbuild';
import { contentName } from '../src/cli/unpack.ts';
import { API_PAGE_FILES } from '../src/http/api-page.ts';
import { pagesFolder, refreshPages } from './build-pages.mjs';
import { checkCompiled, compileByRunning, keeping } from './compile-by-running.mjs';
import { lateBuiltins } from './late-builtins.ts';
import { latePackages } from './late-packages.ts';
import { leftOut } from './left-out.ts';
import { serverAlone, withoutServer } from './two-programs.ts';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const require = createRequire(import.meta.url);
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

const { values } = parseArgs({
  options: { platform: { type: 'string', default: `${process.platform}-${process.arch}` }, out: { type: 'string' } },
});
const [system, arch] = values.platform.split('-');
const isWindows = system === 'win32';
const out = resolve(values.out ?? join(root, 'dist', isWindows ? 'parley.exe' : 'parley'));
const isOwn = values.platform === `${process.platform}-${process.arch}`;

const common = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node26',
  minifyWhitespace: true,
  minifySyntax: true,
  legalComments: 'none',
  logLevel: 'warning',
  // For a person at a terminal in a checkout; the server does without.
  external: ['pino-pretty'],
  // What is loaded later is no file that `import()` would find: the launcher's `require` gives it (bin/launch.cjs).
  supported: { 'dynamic-import': false },
};

/** What bin/launch.cjs runs, each a text of its own: what is there of src/main.ts in it. */
const programs = { server: serverAlone, commands: withoutServer };

/** Of what V8 has compiled, bytes. */
const ALIGNMENT = 8;

/** What runs in threads, each a text of its own. */
const threads = {
  reader: 'src/chat/reader-thread.ts',
  index: 'src/db/index-thread.ts',
  rows: 'src/cli/import/rows-thread.ts',
};

/** The commit, with a plus when the files are not what it holds; `unknown` outside a repository. */
function commit() {
  const git = (...args) => spawnSync('git', args, { cwd: root, encoding: 'utf8' });
  const head = git('rev-parse', '--short=12', 'HEAD');
  if (head.status !== 0) return 'unknown';
  const changed = git('status', '--porcelain', '--untracked-files=no').stdout.trim() !== '';
  return `${head.stdout.trim()}${changed ? '+' : ''}`;
}

/** The runtime of the platform: from node_modules, or fetched as the package that package.json pins. */
function runtime(work) {
  const name = ['node', 'node-bin']
    .map((start) => `${start}-${isWindows ? 'win' : system}-${arch}`)
    .find((one) => one in manifest.optionalDependencies);
  if (name === undefined) throw new Error(`there is no runtime for ${values.platform} among package.json's`);
  const binary = join('bin', isWindows ? 'node.exe' : 'node');
  try {
    return join(dirname(require.resolve(`${name}/package.json`)), binary);
  } catch {
    const args = ['install', '--no-save', '--force', '--ignore-scripts', '--prefix', work];
    const wanted = [`--os=${system}`, `--cpu=${arch}`, `${name}@${manifest.optionalDependencies[name]}`];
    run('npm', [...args, ...wanted]);
    return join(work, 'node_modules', name, binary);
  }
}

function run(command, args) {
  const { status, error } = spawnSync(command, args, { stdio: ['ignore', 'inherit', 'inherit'] });
  if (status !== 0) throw new Error(`${command} ${args[0]} failed${error ? `: ${error.message}` : ''}`);
}

/** The runtime without its symbols, where it can be had so. */
function stripped(from, to) {
  copyFileSync(from, to);
  chmodSync(to, 0o755);
  if (system === 'linux' && isOwn) spawnSync('strip', [to], { stdio: 'ignore' });
  return to;
}

/** Every file of a folder as an asset: by its path below `name`. */
function assetsOf(name, folder) {
  return readdirSync(folder).map((file) => [`${name}/${file}`, join(folder, file)]);
}

/** Puts an executable together: what runs first, and what it carries. */
function makeExecutable({ main, runtime, output, assets }) {
  const config = `${output}.json`;
  const how = {
    disableExperimentalSEAWarning: true,
    // What somebody has set for a Node.js of their own says nothing to this program.
    execArgvExtension: 'none',
    // A start makes some 19 MiB, and a third of it stays. In a nursery of 1 MiB, as V8 begins with, that was copied seven
    // times over; in one of 16 once, just before the first answer. Most other flags would have V8 refuse what the runtime
    // carries compiled of itself.
    execArgv: ['--min-semi-space-size=24'],
  };
  writeFileSync(
    config,
    JSON.stringify({ main, executable: runtime, output, assets: Object.fromEntries(assets), ...how }),
  );
  run(process.execPath, ['--build-sea', config]);
  chmodSync(output, 0o755);
}

/**
 * Puts an executable together that carries what was compiled, each at a multiple of eight bytes: V8 takes it from there,
 * and copies it from anywhere else. Where an asset will lie is known once there is an executable.
 *
 * @param compiled the files, by program
 */
function carryAligned(parts, compiled) {
  const carried = [...compiled].map(([name, file]) => ({ name, file, bytes: readFileSync(file), by: 0 }));
  const make = () => {
    const assets = carried.flatMap(({ name, file, bytes, by }) => {
      writeFileSync(`${file}-shifted`, Buffer.concat([Buffer.alloc(by), bytes, Buffer.alloc(ALIGNMENT - by)]));
      writeFileSync(`${file}-shift`, String(by));
      return ['', '-shift'].map((end) => [`${name}.compiled${end}`, `${file}${end || '-shifted'}`]);
    });
    makeExecutable({ ...parts, assets: [...parts.assets, ...assets] });
  };
  make();
  const executable = readFileSync(parts.output);
  for (const one of carried) {
    const beyond = executable.indexOf(one.bytes.subarray(0, 1024)) % ALIGNMENT;
    one.by = (ALIGNMENT - beyond) % ALIGNMENT;
  }
  if (carried.some(({ by }) => by !== 0)) make();
}

const work = mkdtempSync(join(tmpdir(), 'parley-binary-'));
try {
  await refreshPages();
  const packages = new Set();
  for (const [name, plugin] of Object.entries(programs)) {
    await build({
      ...common,
      entryPoints: ['src/main.ts'],
      outfile: join(work, `${name}.cjs`),
      plugins: [lateBuiltins, leftOut, plugin, latePackages(packages)],
      define: {
        PARLEY_COMMIT: JSON.stringify(commit()),
        // Only a checkout asks where a file lies.
        'import.meta.url': JSON.stringify('file:///parley'),
      },
      // One function, that takes how it loads the runtime's modules, and the driver its addon (bin/launch.cjs).
      banner: { js: '(function (require) {' },
      footer: { js: '})' },
    });
  }
  // Each one function too, that takes what it gives beside how it loads.
  await build({
    ...common,
    entryPoints: Object.fromEntries([...packages].map((name) => [name, name])),
    outdir: join(work, 'packages'),
    outExtension: { '.js': '.cjs' },
    plugins: [lateBuiltins],
    banner: { js: '(function (require, module) {' },
    footer: { js: '})' },
  });
  await build({ ...common, entryPoints: threads, outdir: work, outExtension: { '.js': '.cjs' } });
  await stop();

  const addon = join(dirname(require.resolve('better-sqlite3/package.json')), 'prebuilds', `${values.platform}.node`);
  if (!existsSync(addon)) throw new Error(`better-sqlite3 has no addon for ${values.platform}`);
  const addonFolder = join(work, 'addon-folder');
  writeFileSync(addonFolder, contentName(new Map([['better_sqlite3.node', readFileSync(addon)]])));
  const apiPage = join(dirname(require.resolve('@fastify/swagger-ui/package.json')), 'static');
  const parts = {
    main: join(root, 'bin/launch.cjs'),
    runtime: stripped(runtime(work), join(work, 'node')),
    output: join(work, 'parley'),
    assets: [
      ...Object.keys(programs).map((name) => [`${name}.cjs`, join(work, `${name}.cjs`)]),
      ['better_sqlite3.node', addon],
      ['unpacked-to', addonFolder],
      ...Object.keys(threads).map((name) => [`${name}.cjs`, join(work, `${name}.cjs`)]),
      ...[...packages].map((name) => [`packages/${name}.cjs`, join(work, 'packages', `${name}.cjs`)]),
      ...assetsOf('pages', pagesFolder),
      ...[...API_PAGE_FILES.keys()].map((name) => [`api-page/${name}`, join(apiPage, name)]),
    ],
  };
  // Another platform's runtime would refuse what this one has compiled; Windows knows no signal to end by in order.
  if (isOwn && !isWindows) {
    const main = join(work, 'keeping.cjs');
    writeFileSync(main, `${readFileSync(parts.main, 'utf8')}\n${keeping(work)}`);
    const binary = join(work, 'keeping');
    makeExecutable({ ...parts, main, output: binary });
    const folder = join(work, 'run');
    mkdirSync(folder);
    await compileByRunning(binary, folder);
    rmSync(binary);
    const compiled = new Map(Object.keys(programs).map((name) => [name, join(work, `${name}.compiled`)]));
    for (const [name, file] of compiled) checkCompiled(join(work, `${name}.cjs`), file);
    carryAligned(parts, compiled);
  } else {
    makeExecutable(parts);
  }
  mkdirSync(dirname(out), { recursive: true });
  const beside = `${out}.${process.pid}`;
  copyFileSync(parts.output, beside);
  renameSync(beside, out);
  console.log(`${out}  ${(statSync(out).size / 1024 ** 2).toFixed(0)} MiB, ${values.platform}`);
} finally {
  rmSync(work, { recursive: true, force: true });
}
