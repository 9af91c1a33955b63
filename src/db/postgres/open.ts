/** Opens a PostgreSQL database for one of the servers that share it. */
import { APPLICATION_ID } from '../migrate.ts';
import type { Questions } from '../questions.ts';
import type { ThreadReadings } from '../reader-threads.ts';
import type { Readers, ReadersSource } from '../readers.ts';
import { StartError } from '../start-error.ts';
import type { Clock, Store } from '../store.ts';
import { clockOf } from './clock.ts';
import { connectTo, type PostgresClient, placeOf } from './connect.ts';
import { isNewest, migrate } from './migrate.ts';
import { Pool } from './pool.ts';
import { postgresQuestions } from './questions.ts';
import { readingsOver } from './reading.ts';
import { slowReaders } from './slow-readers.ts';
import { transaction } from './transaction.ts';

export interface PostgresStoreOptions {
  /** `postgres://…`, as connect.ts takes it. */
  url: string;
  newEpoch: () => string;
  /** Wall clock in ms. */
  now: () => number;
  /** Connections for readings, and those of them that may take long. */
  connections?: { readings: number; slow: number };
  /** Readings that may wait for one; past it one is refused at once with `OVERLOADED`. */
  maxWaitingReadings?: number;
  log?: (text: string, details?: object) => void;
  onError?: (error: unknown) => void;
}

const CONNECTIONS = { readings: 10, slow: 2 };
const MAX_WAITING_READINGS = 1_000;
const READING_MS = 10_000;
const SLOW_READING_MS = 60_000;
/** Beside {@link APPLICATION_ID}: who holds it makes the database ready, and others wait. */
const MAKING_READY = 1;

/** Throws {@link StartError}, in which no password stands, and changes nothing where the database cannot be used. */
export async function openPostgres(options: PostgresStoreOptions): Promise<PostgresStore> {
  const client = await connectTo(options.url);
  try {
    await client.query('select pg_advisory_lock($1, $2)', [APPLICATION_ID, MAKING_READY]);
    await makeReady(client);
    const store = new PostgresStore(options, await begin(client, options));
    // From its own connection on, the pool keeps others out by itself.
    try {
      await store.clock();
    } catch (error) {
      await store.close();
      throw error;
    }
    return store;
  } finally {
    await client.end();
  }
}

/** Servers share a database; whoever changes its tables, or takes it elsewhere, has it alone. */
async function makeReady(client: PostgresClient): Promise<void> {
  const take = async (how: 'pg_try_advisory_lock' | 'pg_try_advisory_lock_shared') => {
    const { rows } = await client.query(`select ${how}($1) as free`, [APPLICATION_ID]);
    return rows[0].free as boolean;
  };
  if (!(await isNewest(client))) {
    if (!(await take('pg_try_advisory_lock'))) {
      throw new StartError(`${placeOf(client)} is in use by a Parley of another version: stop that one first.`);
    }
    await migrate(client);
    await client.query('select pg_advisory_unlock($1)', [APPLICATION_ID]);
  }
  if (!(await take('pg_try_advisory_lock_shared'))) {
    throw new StartError(`${placeOf(client)} is in use by another Parley alone: stop that one first.`);
  }
}

interface Begun {
  epoch: string;
  position: number;
}

/** Makes the one row of `meta`, or gives the database a new epoch when its rows are ahead of PostgreSQL's own clock. */
async function begin(client: PostgresClient, { newEpoch, now, log }: PostgresStoreOptions): Promise<Begun> {
  return transaction(client, async () => {
    const { rows } = await client.query<Begun & { number: number; newest: number | null }>(
      `select epoch, position, pg_current_xact_id()::text::bigint as number,
        (select max(position) from conversations) as newest from meta for update`,
    );
    const [row] = rows;
    if (row === undefined) {
      const begun = { epoch: newEpoch(), position: now() * 1000 };
      const insert = 'insert into meta (id, epoch, position, last_id) values (1, $1, $2, 0)';
      await client.query(insert, [begun.epoch, begun.position]);
      return begun;
    }
    const { epoch, position, number, newest } = row;
    if (newest === null || newest < position + number) return { epoch, position: position + number };
    // Its rows came from another PostgreSQL, whose transactions had higher numbers.
    const begun = { epoch: newEpoch(), position: newest + 1 - number };
    await client.query('update meta set epoch = $1, position = $2', [begun.epoch, begun.position]);
    log?.('the database came from elsewhere: clients will read everything anew');
    return { ...begun, position: newest + 1 };
  });
}

/** One server's way to a database that others may use too. */
export class PostgresStore implements Omit<Store, 'openWriter'> {
  readonly questions: Questions;
  readonly reading: Store['reading'];
  readonly epoch: string;
  readonly position: number;
  readonly clock: () => Promise<Clock>;
  trouble: string | null = null;
  private readonly pools: { readings: Pool; slow: Pool };

  constructor(options: PostgresStoreOptions, { epoch, position }: Begun) {
    this.epoch = epoch;
    this.position = position;
    const { url, connections = CONNECTIONS, maxWaitingReadings: maxWaiting = MAX_WAITING_READINGS } = options;
    const common = { url, maxWaiting, onError: (error: unknown) => options.onError?.(error) };
    this.pools = {
      readings: new Pool({ ...common, connections: connections.readings, statementMs: READING_MS }),
      slow: new Pool({ ...common, connections: connections.slow, statementMs: SLOW_READING_MS }),
    };
    const { ask, reading } = readingsOver(this.pools.readings);
    this.questions = postgresQuestions(ask);
    this.reading = reading;
    this.clock = clockOf(this.questions);
  }

  openReaders<R extends ThreadReadings>(source: ReadersSource): Readers<R> {
    return slowReaders(this.pools.slow, source);
  }

  async size(): Promise<{ database: number; wal: number }> {
    const size = this.questions.inWords<object, { bytes: number }>(
      'select pg_database_size(current_database()) as bytes',
    );
    return { database: (await size.get({}))?.bytes ?? 0, wal: 0 };
  }

  async close(): Promise<void> {
    await Promise.all(Object.values(this.pools).map((pool) => pool.close()));
  }
}
