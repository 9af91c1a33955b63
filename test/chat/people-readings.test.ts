import t from 'tap';
import { peopleReadings } from '../../src/chat/people/people-readings.ts';
import { openWorld } from '../world.ts';

interface Prepared {
  getQuery(): { sql: string };
}

t.test('people and their credentials are found by keys and indexes: nothing is scanned, nothing sorted', async (t) => {
  const { store } = openWorld(t);
  const readings = peopleReadings(store.questions);
  const asked: [string, string][] = Object.entries(readings).flatMap(([name, reading]) =>
    typeof reading === 'function' ? [] : [[name, (reading as unknown as Prepared).getQuery().sql]],
  );
  const { $client } = store.reader;
  const prepare = $client.prepare.bind($client);
  // The list of users is put together anew for what it is asked, so its statements are caught on their way.
  $client.prepare = ((sql: string) => {
    asked.push(['usersBefore', sql]);
    return prepare(sql);
  }) as typeof prepare;
  const only = [{}, { role: 'user' }, { role: 'agent' }, { externalId: 'u' }, { email: 'e' }] as const;
  for (const one of only) t.same(await readings.usersBefore(1_000, 50, one), []);
  $client.prepare = prepare;
  t.equal(asked.filter(([name]) => name === 'usersBefore').length, only.length);

  for (const [name, sql] of asked) {
    // Once at the start, over the few links there ever are.
    if (name === 'openLinks') continue;
    const values = Array.from(sql.matchAll(/\?/g), () => 1);
    const plan = prepare(`explain query plan ${sql}`).all(...values) as { detail: string }[];
    for (const { detail } of plan) t.notMatch(detail, /^SCAN|TEMP B-TREE/, `${name}: ${detail}`);
  }
});
