/** What the writer reads inside its transaction goes by key: a scan there would hold up every send. */
import t from 'tap';
import { statementMakers } from '../../src/db/loader-statements.ts';
import { openWorld } from '../world.ts';

t.test('the loader scans no table and sorts nothing', async (t) => {
  const world = openWorld(t);
  const { reader } = world.store;
  for (const [name, make] of Object.entries(statementMakers(reader))) {
    const statement = make();
    if (!('getQuery' in statement)) continue;
    const { sql } = statement.getQuery();
    const plan = reader.$client.prepare(`explain query plan ${sql}`).all(
      ...sql
        .matchAll(/\?/g)
        .map(() => 1)
        .toArray(),
    ) as {
      detail: string;
    }[];
    const details = plan.map(({ detail }) => detail).join('; ');
    t.notMatch(details, /\bSCAN\b|TEMP B-TREE/, `${name}: ${details}`);
  }
});
