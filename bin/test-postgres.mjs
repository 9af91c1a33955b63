// Runs tests over PostgreSQL, which has to be installed: `npm run test:postgres` for those of the doors, or `npm run
// test:postgres -- test/life/marks.test.ts` for any that start a server by `startApp`.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { clusterOfDoors } from '../test/over-postgres/doors.ts';

const DOORS = ['test/http', 'test/ws', 'test/chat/live', 'test/judge'];

const teardowns = [];
const cluster = await clusterOfDoors({ teardown: (end) => teardowns.push(end) });
const given = process.argv.slice(2);
const child = spawn(
  process.execPath,
  [fileURLToPath(new URL('test.mjs', import.meta.url)), ...(given.length > 0 ? given : DOORS)],
  { stdio: 'inherit', env: { ...process.env, PARLEY_TEST_POSTGRES: cluster } },
);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
const [code] = await once(child, 'exit');
for (const end of teardowns) await end();
process.exitCode = code ?? 1;
