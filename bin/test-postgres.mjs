// Runs tests over PostgreSQL, which has to be installed: `npm run test:postgres` for those of the doors over one server and
// those of whole stories over two on one database, or `npm run test:postgres -- test/life/marks.test.ts` for any that
// start a server by `startApp`; with `--servers=2` others stand beside it (test/servers.ts).
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { clusterOfDoors } from '../test/over-postgres/doors.ts';

const RUNS = [
  { servers: '1', files: ['test/http', 'test/ws', 'test/chat/live', 'test/judge'] },
  { servers: '2', files: ['test/documents', 'test/conformance'] },
];
const SERVERS = '--servers=';

const args = process.argv.slice(2);
const asked = args.findLast((arg) => arg.startsWith(SERVERS));
const options = args.filter((arg) => arg.startsWith('-') && !arg.startsWith(SERVERS));
const files = args.filter((arg) => !arg.startsWith('-'));
const runs = files.length > 0 ? [{ servers: asked?.slice(SERVERS.length) ?? '1', files }] : RUNS;

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
  child = spawn(process.execPath, [fileURLToPath(new URL('test.mjs', import.meta.url)), ...files, ...options], {
    stdio: 'inherit',
    env: { ...process.env, PARLEY_TEST_POSTGRES: cluster, PARLEY_TEST_SERVERS: servers },
  });
  const [code] = await once(child, 'exit');
  if (code !== 0) process.exitCode = code ?? 1;
}
for (const end of teardowns) await end();
