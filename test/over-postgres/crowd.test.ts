/**
 * `kill -9` of either of two servers on one PostgreSQL while people at both send, edit, delete, read, send files, and a
 * webhook is told of it: nothing acknowledged is lost or doubled, and every client has by itself come to what the servers have.
 */
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import t from 'tap';
import { runParley } from '../cli/parley.ts';
import { rowsOf } from '../db/postgres/house.ts';
import { noPostgres, startPostgres } from '../db/postgres/server.ts';
import { auditDatabase } from '../faults/audit.ts';
import { Chance } from '../faults/chance.ts';
import { countOf } from '../faults/counts.ts';
import { everybodyDoes } from '../faults/crowd.ts';
import { Meeting } from '../faults/meeting.ts';
import { tempFolder } from '../faults/talk.ts';
import { Told } from '../faults/told.ts';
import type { ServerProcess } from '../life/server-process.ts';
import { startHook } from '../outbound/webhooks/hook.ts';
import { seed } from '../seed.ts';

const ROUNDS = countOf('ROUNDS', 2, 100);
/** How much may be acknowledged before a kill, how much longer it takes, ms, and how much is acknowledged after it. */
const MOST_TOLD = 80;
const MOST_MS = 25;
const TOLD_AFTER = 40;
const ROUND_MS = 60_000;

t.setTimeout(200_000 + ROUNDS * ROUND_MS);
const postgres = noPostgres ? null : await startPostgres(t);

t.test(
  'either of two servers is killed at any moment, and everybody comes to the same',
  { skip: noPostgres },
  async (t) => {
    t.comment(`SEED=${seed}`);
    const database = (await postgres?.database()) ?? '';
    const hook = await startHook(t);
    const told = new Told();
    const more = { PARLEY_DATABASE: database, PARLEY_LOG_LEVEL: 'fatal', PARLEY_SHUTDOWN_MS: '60000' };
    const meeting = await Meeting.open(t, tempFolder(t), { hook, more });
    const servers: [ServerProcess, ServerProcess] = [meeting.server, await meeting.start()];
    meeting.lead(1, servers[1]);
    for (let round = 1; round <= ROUNDS; round += 1) {
      const chance = new Chance(seed, round);
      const [doomed, other] = round % 2 === 0 ? ([0, 1] as const) : ([1, 0] as const);
      let going = true;
      const reached = told.grownBy(1 + chance.below(MOST_TOLD));
      const lanes = everybodyDoes(meeting.members, told, round, () => going);
      await reached;
      await setTimeout(chance.number() * MOST_MS);
      t.same(await servers[doomed].end('SIGKILL'), [null, 'SIGKILL']);
      meeting.lead(doomed, servers[other]);
      await told.grownBy(TOLD_AFTER);
      going = false;
      await lanes;
      const faults = [...told.faults.splice(0), ...(await meeting.differences(told))];
      t.same(faults, [], `round ${round} of seed ${seed}`);
      if (faults.length > 0) return;
      servers[doomed] = await meeting.start();
      meeting.lead(doomed, servers[doomed]);
    }
    await meeting.toldWhole((sql) => rowsOf(database, sql));
    t.same(meeting.tellingFaults, [], 'the webhook is told every rev, each first in its place');
    meeting.leave();
    for (const server of servers) t.same(await server.end('SIGTERM'), [0, null]);

    const file = tempFolder(t);
    const moved = await runParley(['migrate', '--from', database, '--to', `sqlite:${file}`]);
    t.equal(moved.code, 0, moved.err);
    t.same(auditDatabase(join(file, 'parley.db'), told, meeting.known), [], 'in the end');
  },
);
