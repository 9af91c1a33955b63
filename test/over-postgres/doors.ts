/** A PostgreSQL for the tests of the doors, over which they run once more (bin/test-postgres.mjs): to who calls it, a server is the same. */
import type { Test } from 'tap';
import { openPostgres } from '../../src/db/postgres/open.ts';
import { startPostgres } from '../db/postgres/server.ts';

/** Nothing here has to outlast the machine: a database for each server, of which there are hundreds, costs a third. */
const NOT_TO_LAST = ['fsync=off', 'full_page_writes=off', 'autovacuum=off'];

/**
 * Starts a cluster whose new databases have Parley's tables already.
 *
 * @returns what `PARLEY_TEST_POSTGRES` is to be
 */
export async function clusterOfDoors(t: Pick<Test, 'teardown'>): Promise<string> {
  const { cluster } = await startPostgres(t, NOT_TO_LAST);
  const url = Object.assign(new URL(cluster), { pathname: '/template1' }).href;
  await (await openPostgres({ url, newEpoch: () => '', now: () => 0 })).close();
  return cluster;
}
