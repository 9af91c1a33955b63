// Runs tests over PostgreSQL, which has to be installed: `npm run test:postgres` for all that start a server in FOLDERS, two
// servers on one database wherever a test starts one (test/servers.ts), and then what is about one server alone over one.
// `npm run test:postgres -- test/life/marks.test.ts` for those that are named, over one or, with `--servers=3`, so many.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { clusterOfDoors } from '../test/over-postgres/doors.ts';

const FOLDERS = [
  'test/documents',
  'test/conformance',
  'test/access',
  'test/life',
  'test/faults',
  'test/ws',
  'test/http',
  'test/chat',
  'test/outbound',
  'test/people',
  'test/judge',
];
/** What gives a test's server its database. */
const DATABASE = 'test/database.ts';
const SERVERS = '--servers=';
/** Of a file, seconds: several servers and PostgreSQL have more to do than one over a file. */
const TIMEOUT = '--timeout=600';

/** Modules that have been looked at, and whether they come to {@link DATABASE}. */
const known = new Map([[DATABASE, true]]);

function comesToDatabase(module) {
  const before = known.get(module);
  if (before !== undefined) return before;
  known.set(module, false);
  const imports = readFileSync(module, 'utf8').matchAll(/^(?:import|export) (?!type )[^;]*? from '(\.[^']+\.ts)';/gm);
  const comes = [...imports].some(([, path]) => comesToDatabase(join(dirname(module), path)));
  known.set(module, comes);
  return comes;
}

const all = () =>
  FOLDERS.flatMap((folder) => globSync(join(folder, '**/*.test.ts')).sort()).filter((file) => comesToDatabase(file));

const args = process.argv.slice(2);
const asked = args.findLast((arg) => arg.startsWith(SERVERS))?.slice(SERVERS.length);
const options = args.filter((arg) => arg.startsWith('-') && !arg.startsWith(SERVERS));
const files = args.filter((arg) => !arg.startsWith('-'));
const ofOne = (file) => readFileSync(file, 'utf8').includes('ofOneServer');
const runs =
  files.length > 0 || asked !== undefined
    ? [{ servers: asked ?? '1', files: files.length > 0 ? files : all() }]
    : [
        { servers: '2', files: all() },
        { servers: '1', files: all().filter(ofOne) },
      ];

const teardowns = [];
const cluster = await clusterOfDoors({ teardown: (end) => teardowns.push(end) });
let child = null;
let stopped = false;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    stopped = true;
    child?.kill(signal);
  });
}
for (const { servers, files } of runs) {
  if (stopped) break;
  child = spawn(
    process.execPath,
    [fileURLToPath(new URL('test.mjs', import.meta.url)), TIMEOUT, ...files, ...options],
    {
      stdio: 'inherit',
      env: { ...process.env, PARLEY_TEST_POSTGRES: cluster, PARLEY_TEST_SERVERS: servers },
    },
  );
  const [code] = await once(child, 'exit');
  if (code !== 0) process.exitCode = code ?? 1;
}
for (const end of teardowns) await end();
