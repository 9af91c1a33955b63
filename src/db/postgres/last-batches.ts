/**
 * Which batch each server committed last, kept in that batch's transaction: so a server whose COMMIT was not answered learns
 * what became of it. The number of its transaction would not tell: after a crash PostgreSQL may give it to another's.
 */
import type { QueryConfig } from 'pg';

/** One batch of all servers. */
export interface BatchName {
  server: string;
  /** Counts what that server tried to commit. */
  number: number;
}

/** Before a statement that each batch has: it takes none of its own. */
export const NOTE_BATCH = `with note as (
  insert into last_batches (server, batch, at) values ($1, $2, now())
  on conflict (server) do update set batch = excluded.batch, at = excluded.at)`;

/** What {@link isLast} is asked of. */
export function lastOf(server: string): QueryConfig {
  return { text: 'select batch from last_batches where server = $1', values: [server] };
}

export interface LastRow {
  batch: number;
}

/** Whether that batch was the last that its server committed. */
export function isLast(rows: readonly LastRow[], { number }: BatchName): boolean {
  return rows[0]?.batch === number;
}

/** One that was killed, or that is cut off for longer than a week, takes what it does not know for undone. */
export const FORGET_BATCHES = `delete from last_batches where at < now() - interval '7 days'`;
