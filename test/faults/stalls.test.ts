import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import t from 'tap';
import { countOf } from './counts.ts';
import { talk } from './talk.ts';

const ENOUGH = countOf('DEEDS', 200, 5_000);
const stalling = pathToFileURL(join(import.meta.dirname, 'stalling-process.ts')).href;

t.setTimeout(120_000 + ENOUGH * 100);

t.test('a loop that stands still for 300 ms twice a second loses nothing, and cuts nobody', async (t) => {
  const { meeting, told, end } = await talk(t, {
    NODE_OPTIONS: `--import=${stalling}`,
    // Two of these are missed by whoever is cut.
    PARLEY_HEARTBEAT_MS: '1000',
  });
  let lost = 0;
  for (const { client } of meeting.members) client.on('state', ({ name }) => (lost += name === 'reconnecting' ? 1 : 0));
  await told.grownBy(ENOUGH);
  t.equal(lost, 0, 'no line was lost');
  await end();
});
