/**
 * `kill -9` at any moment, while people send, edit, delete, read, send files, and a webhook is told of it. After each
 * start on the same folder: nothing acknowledged is lost, nothing is doubled, numbers have no holes, unread is right,
 * files and rows agree, and every client has by itself come to what the server has.
 *
 * The choices follow from a seed, the machine's timing does not: `SEED=… FROM=17 ROUNDS=1` does the 17th round alone.
 */
import { setTimeout } from 'node:timers/promises';
import t from 'tap';
import { asFile } from '../life/as-file.ts';
import { startServer } from '../life/server-process.ts';
import { startHook } from '../outbound/webhooks/hook.ts';
import { seed } from '../seed.ts';
import { SERVERS } from '../servers.ts';
import { auditDatabase, differingFiles, unreadOf } from './audit.ts';
import { Chance } from './chance.ts';
import { countOf } from './counts.ts';
import { everybodyDoes } from './crowd.ts';
import { Meeting } from './meeting.ts';
import { tempFolder } from './talk.ts';
import { Told } from './told.ts';

const ROUNDS = countOf('ROUNDS', 5, 200);
const FROM = countOf('FROM', 1, 1);
/** How much may be acknowledged before a kill, and how much longer it takes, ms. */
const MOST_TOLD = 80;
const MOST_MS = 25;
/** A hundred of the parts that a night has take more than tap's own time. */
const ROUND_MS = 30_000;

t.setTimeout(120_000 + ROUNDS * ROUND_MS * SERVERS);

t.test('killed at any moment, it loses nothing, doubles nothing, and everybody comes to the same', async (t) => {
  t.comment(`SEED=${seed}`);
  const folder = tempFolder(t);
  const hook = await startHook(t);
  const told = new Told();
  const meeting = await Meeting.open(t, folder, { hook });
  for (let round = FROM; round < FROM + ROUNDS; round += 1) {
    const chance = new Chance(seed, round);
    let going = true;
    const doomed = told.grownBy(1 + chance.below(MOST_TOLD));
    const lanes = everybodyDoes(meeting.members, told, round, () => going);
    await doomed;
    await setTimeout(chance.number() * MOST_MS);
    going = false;
    t.same(await meeting.server.end('SIGKILL'), [null, 'SIGKILL']);
    const faults = auditDatabase(await asFile(t, folder), told, meeting.known);

    await meeting.serve();
    await lanes;
    faults.push(...told.faults.splice(0), ...(await meeting.differences(told)));
    for (const { client, user } of meeting.members) {
      const { conversations } = await client.unread();
      const counted = conversations
        .filter(({ id }) => meeting.takesPart(user, id))
        .map(({ id, unread }) => [id, unread]);
      const right = [...(await unreadOf(folder, user))];
      if (JSON.stringify(counted.toSorted()) !== JSON.stringify(right.toSorted()))
        faults.push(`unread of ${user} is told as ${JSON.stringify(counted)}, and is ${JSON.stringify(right)}`);
    }
    faults.push(...(await differingFiles(folder)));
    t.same(faults, [], `round ${round} of seed ${seed}`);
    if (faults.length > 0) return;
  }
  await meeting.end('SIGKILL');
  t.comment(
    Object.entries(told.counts)
      .map(([what, many]) => `${many} ${what}`)
      .join(', '),
  );

  const server = await startServer(t, folder, meeting.settings);
  await meeting.toldWhole();
  t.same(meeting.tellingFaults, [], 'the webhook is told every rev, each first in its place');
  t.same(await server.end('SIGTERM'), [0, null]);
  t.same(auditDatabase(await asFile(t, folder), told, meeting.known), [], 'in the end');
});
