import type { PostgresClient } from './connect.ts';

/** Commits what `work` does, or leaves the database as it was. */
export async function transaction<T>(client: PostgresClient, work: () => Promise<T>): Promise<T> {
  await client.query('begin');
  try {
    const done = await work();
    await client.query('commit');
    return done;
  } catch (error) {
    // On a connection that is broken there is nothing to take back.
    await client.query('rollback').catch(() => {});
    throw error;
  }
}
