/**
 * Which life of a database this is. One that was put back from a dump or an archive, or that a standby went on with, may be
 * behind what clients were told: like a file that was put back (position-file.ts) it gets a new epoch, by which they read
 * everything anew. What tells is kept as a comment on the table `meta`, which a dump takes along.
 */
import type { PostgresClient } from './connect.ts';
import { transaction } from './transaction.ts';

/**
 * Of the cluster; raised by each recovery that ends, and by each standby that takes over; another in another database; another
 * in each that a dump was read into.
 */
export const LIFE = `
  select concat_ws('/', system_identifier, ('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::int,
      (select oid from pg_database where datname = current_database()), 'meta'::regclass::oid) as life
  from pg_control_system()`;
const KEPT = `select life, obj_description('meta'::regclass, 'pg_class') as kept from (${LIFE}) as of`;
const KEEP = `select format('comment on table meta is %L', $1::text) as statement`;

/**
 * Gives a database that lives anew a new epoch, and whether it did. Its tables are there.
 *
 * @param newEpoch makes one
 */
export async function noteLife(client: PostgresClient, newEpoch: () => string): Promise<boolean> {
  const { rows } = await client.query<{ life: string; kept: string | null }>(KEPT);
  const { life, kept } = rows[0] ?? { life: '', kept: null };
  if (kept === life) return false;
  await transaction(client, async () => {
    if (kept !== null) await client.query('update meta set epoch = $1', [newEpoch()]);
    const { rows } = await client.query<{ statement: string }>(KEEP, [life]);
    await client.query(rows[0]?.statement ?? '');
  });
  return kept !== null;
}
