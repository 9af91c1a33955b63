/**
 * The turn to write. One batch is written at a time, whichever server it is of: the row of `meta` is locked from a batch's
 * beginning to its commit, and servers queue for it. So what a batch loads is what stands when it commits, keys and the
 * store's clock have no holes and no two holders, and a reading that sees a position sees everything before it.
 */
import type { QueryArrayConfig, QueryConfig } from 'pg';
import type { MetaRow } from '../rows.ts';
import { type BatchName, isLast, type LastRow, lastOf, NOTE_BATCH } from './last-batches.ts';
import type { Connection, Pool } from './pool.ts';
import type { Line } from './statement.ts';
import { isUndone } from './trouble.ts';
import type { Write } from './write.ts';

/** A server that is held up while it has its turn holds up all others: PostgreSQL takes it from it after ten seconds (pool.ts). */
const LOCK_MS = 4_000;

const LOCK = `
  select id, epoch, position, last_id as "lastId", file_bytes as "fileBytes", search_mark as "searchMark",
    search_version as "searchVersion",
    -- What is acknowledged is on the disk, whatever the database is set to.
    case current_setting('synchronous_commit') when 'off' then set_config('synchronous_commit', 'local', true) end as durable
  from meta for update`;

interface Locked extends MetaRow {
  durable: string | null;
}

/** A COMMIT whose answer was lost. */
export class InDoubt extends Error {
  readonly batch: BatchName;

  constructor(batch: BatchName, cause: unknown) {
    super('whether a batch is stored is not known', { cause });
    this.batch = batch;
  }
}

export class Turn<Row extends object = object> implements Line {
  readonly meta: MetaRow;
  /** What was asked behind the lock. */
  readonly behind: readonly Row[];
  private readonly connection: Connection;

  private constructor(connection: Connection, { durable: _, ...meta }: Locked, behind: readonly Row[]) {
    this.behind = behind;
    this.connection = connection;
    this.meta = meta;
  }

  /**
   * Waits for the turn.
   *
   * @param behind what to ask with it, of the state that the batch will find
   */
  static async begin<Row extends object>(pool: Pool, behind: QueryConfig): Promise<Turn<Row>> {
    const connection = await pool.take();
    const [begun, locked, answered] = await Promise.allSettled([
      connection.query({ text: `begin isolation level read committed; set local lock_timeout = ${LOCK_MS}` }),
      connection.query<Locked>({ text: LOCK }),
      connection.query<Row>(behind),
    ]);
    const meta = locked.status === 'fulfilled' ? locked.value.rows[0] : undefined;
    if (begun.status === 'fulfilled' && meta !== undefined && answered.status === 'fulfilled') {
      return new Turn(connection, meta, answered.value.rows);
    }
    await end(connection, 'rollback');
    thrown([begun, locked, answered]);
    throw new Error('the table meta has no row');
  }

  query(asked: QueryArrayConfig): ReturnType<Line['query']> {
    return this.connection.query(asked);
  }

  async run(text: string): Promise<void> {
    await this.connection.query({ text });
  }

  /** Sends all of them, and waits for all; throws what the first threw that failed. */
  async write(writes: readonly Write[]): Promise<void> {
    thrown(await this.send(writes));
  }

  /**
   * Writes, moves `meta` and commits, in one go: where a statement fails, PostgreSQL takes the COMMIT behind it for a
   * rollback. Throws {@link InDoubt} where nobody knows which of them it was.
   *
   * @param told what tells others of it
   */
  async commit(
    writes: readonly Write[],
    told: readonly QueryConfig[],
    { position, lastId, fileBytes }: MetaRow,
    batch: BatchName,
  ): Promise<void> {
    const meta = {
      name: 'meta',
      text: `${NOTE_BATCH} update meta set position = $3, last_id = $4, file_bytes = $5`,
      values: [batch.server, batch.number, position, lastId, fileBytes],
    };
    const sent = this.send([...writes, ...told, meta]);
    const committed = end(this.connection, 'commit');
    const [written, error] = await Promise.all([sent, committed]);
    const failed = written.find((one) => one.status === 'rejected')?.reason ?? error;
    if (failed === null || failed === undefined) return;
    throw isUndone(failed) ? failed : new InDoubt(batch, failed);
  }

  async rollback(): Promise<void> {
    await end(this.connection, 'rollback');
  }

  private send(writes: readonly QueryConfig[]): Promise<PromiseSettledResult<unknown>[]> {
    return Promise.allSettled(writes.map((write) => this.connection.query(write)));
  }

  /** Whether that batch was committed. Waits until its transaction, which holds the turn, is over. */
  static async wasCommitted(pool: Pool, batch: BatchName): Promise<boolean> {
    const turn = await Turn.begin<LastRow>(pool, lastOf(batch.server));
    try {
      return isLast(turn.behind, batch);
    } finally {
      await turn.rollback();
    }
  }
}

function thrown(settled: readonly PromiseSettledResult<unknown>[]): void {
  for (const one of settled) if (one.status === 'rejected') throw one.reason;
}

/** Ends a transaction and gives the connection back; gives what went wrong, or null. */
async function end(connection: Connection, how: 'commit' | 'rollback'): Promise<unknown> {
  try {
    await connection.query({ text: how });
    connection.release();
    return null;
  } catch (error) {
    // What is said over it next would be said in the same transaction.
    connection.release(true);
    return error;
  }
}
