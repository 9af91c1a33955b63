/** What batches published, kept for a minute for the servers that did not write them. Each names the one before it. */
import type { QueryConfig } from 'pg';

/** On which others are told that a batch is there. */
export const BATCHES_CHANNEL = 'parley_batches';

/** Whoever is further behind reads anew: a server that has its turn holds up all others while it reads. */
const MOST_ROWS = 1_000;
const FOREIGN = `left join publications p on p.position > $1 and p.server <> $2 order by p.position limit ${MOST_ROWS}`;

/** One row at least, whose position is null where there is nothing. */
export interface ForeignRow {
  position: number | null;
  previous: number;
  body: string;
}

/**
 * What others wrote since `known`, and whether anybody else is there to hear of the next batch. In a statement behind the
 * lock of `meta`: one that waits for a lock sees what was there before it waited.
 */
export function behindTheLock(known: number, server: string): QueryConfig {
  return {
    name: 'behind',
    text: `
      select exists(select from servers where until > now() and not starts_with(name, $2)) as "isHeard",
        p.position, p.previous, p.body
      from (values (1)) as one ${FOREIGN}`,
    values: [known, server],
  };
}

/** The same beside the lock, with the position of the newest batch. */
export const NEWEST = `select m.position as newest, p.position, p.previous, p.body from meta m ${FOREIGN}`;

export const SWEEP = `delete from publications where at < now() - interval '1 minute'`;

/** Keeps a batch for others, and tells them with its commit. */
export function publication(position: number, previous: number, server: string, body: string): QueryConfig {
  return {
    name: 'publication',
    text: `
      with kept as (insert into publications (position, previous, server, body) values ($1, $2, $3, $4))
      select pg_notify('${BATCHES_CHANNEL}', $3 || ' ' || $1)`,
    values: [position, previous, server, body],
  };
}
