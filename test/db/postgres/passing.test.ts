/** What is kept for minutes: the same of one server and of two that share a database. */
import t, { type Test } from 'tap';
import { type Passing, PassingInMemory } from '../../../src/db/passing.ts';
import { serve } from './house.ts';
import { noPostgres, queried, startPostgres } from './server.ts';

t.setTimeout(240_000);
const postgres = noPostgres ? null : await startPostgres(t);
const MINUTE_MS = 60_000;
let now = 1_700_000_000_000;

/** What holds, at whichever of two it is asked. */
async function holds(t: Test, here: Passing<object>, there: Passing<object>): Promise<void> {
  await here.put('a', { of: 'a' }, now + MINUTE_MS);
  t.same(await there.look('a'), { of: 'a' });
  t.equal(await there.look('b'), undefined);
  const taken = await Promise.all([here, there, here, there].map((one) => one.take('a')));
  t.same(
    taken.filter((value) => value !== undefined),
    [{ of: 'a' }],
    'one of all is given it',
  );
  t.equal(await here.look('a'), undefined);

  await here.put('late', {}, now + MINUTE_MS);
  now += MINUTE_MS;
  t.equal(await there.look('late'), undefined, 'it is over');
  t.equal(await there.take('late'), undefined);

  const counted = await Promise.all([here, there, here, there, here].map((one) => one.count('tries', MINUTE_MS)));
  t.same(counted.map(({ count }) => count).sort(), [1, 2, 3, 4, 5], 'each is counted once');
  t.same(new Set(counted.map(({ endsAt }) => endsAt)), new Set([now + MINUTE_MS]));
  now += MINUTE_MS - 1;
  t.match(await there.count('tries', MINUTE_MS), { count: 6, endsAt: now + 1 });
  now += 1;
  t.match(await there.count('tries', MINUTE_MS), { count: 1, endsAt: now + MINUTE_MS }, 'anew');
  await here.forget('tries');
  t.match(await there.count('tries', MINUTE_MS), { count: 1 });
}

t.test('in memory', async (t) => {
  const alone = new PassingInMemory<object>(() => now);
  await holds(t, alone, alone);
});

t.test('over PostgreSQL', { skip: noPostgres }, async (t) => {
  const url = (await postgres?.database()) ?? '';
  const options = { now: () => now };
  const [one, other] = [await serve(t, url, options), await serve(t, url, options)];
  await holds(t, one.store.passing('kind'), other.store.passing('kind'));

  await one.store.passing('kind').put('a', { of: 'kind' }, now + MINUTE_MS);
  t.equal(await one.store.passing('another').look('a'), undefined, 'kinds are apart');
  now += MINUTE_MS;
  await other.store.passing('another').put('b', {}, now + MINUTE_MS);
  const left = await queried(url, async (client) => (await client.query('select key from passing')).rows);
  t.same(left, [{ key: 'another b' }], 'what is over goes with what comes');
});

t.test('of what strangers ask for in memory the oldest goes', async (t) => {
  const passing = new PassingInMemory<number>(() => now);
  for (let index = 0; index <= 20_000; index += 1) passing.put(`${index}`, index, now + MINUTE_MS);
  t.equal(passing.look('0'), undefined);
  t.equal(passing.look('1'), 1);
  t.equal(passing.look('20000'), 20_000);
});
