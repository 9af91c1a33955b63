/** Opens a PostgreSQL database for one of the servers that share it. */
import { there } from '../../protocol/there.ts';
import type { Judge } from '../judge.ts';
import { APPLICATION_ID } from '../migrate.ts';
import type { Questions } from '../questions.ts';
import type { ThreadReadings } from '../reader-threads.ts';
import type { Readers, ReadersSource } from '../readers.ts';
import { StartError } from '../start-error.ts';
import type { Store } from '../store.ts';
import { PostgresBus } from './bus.ts';
import type { Carrier, Ears } from './carrier.ts';
import { connectTo, type PostgresClient, placeOf } from './connect.ts';
import { PostgresDuties } from './duties.ts';
import { Exclusively } from './exclusively.ts';
import { noteLife } from './life.ts';
import { isNewest, migrate } from './migrate.ts';
import { PostgresPassing } from './passing.ts';
import { Pool } from './pool.ts';
import { BATCHES_CHANNEL } from './publications.ts';
import { postgresQuestions } from './questions.ts';
import { readingsOver } from './reading.ts';
import { SameDatabase } from './same-database.ts';
import { ensureSearchIndex, isSearchIndexed } from './search-index.ts';
import { sharedSecret } from './shared-secret.ts';
import { slowReaders } from './slow-readers.ts';
import { PostgresWriter } from './writer.ts';

export interface PostgresStoreOptions {
  /** `postgres://…`, as connect.ts takes it. */
  url: string;
  /** The data folder; absent: the secret that may be in it is not looked at. */
  folder?: string;
  newEpoch: () => string;
  /** Wall clock in ms. */
  now: () => number;
  /** Connections for readings, at least 2: a sixth of them is for those that may take long. */
  connections?: number;
  /** Slow readings that may wait for one; past it one is refused at once with `OVERLOADED`. */
  maxWaitingReadings?: number;
  /** The same of all others: as many as clients that come back at once. */
  maxWaitingQuick?: number;
  /** `nats://…`, as nats.ts takes it: what carries what servers say to each other. */
  bus?: string | undefined;
  log?: (text: string, details?: object) => void;
  /** Told once, when the database is not the one any more that it was opened as: nothing is read or written then. */
  onOther?: (reason: StartError) => void;
  onError?: (error: unknown) => void;
  /** As for every writer (writer.ts). */
  maxWaiting?: number;
  batchSize?: number;
  onBatch?: (changes: number, ms: number) => void;
}

const MAX_WAITING = 10_000;
const BATCH_SIZE = 256;
const CONNECTIONS = 12;
const SLOW_SHARE = 1 / 6;
const MAX_WAITING_READINGS = 1_000;
const MAX_WAITING_QUICK = 10_000;
const READING_MS = 10_000;
const SLOW_READING_MS = 60_000;
/** Beside {@link APPLICATION_ID}: who holds it makes the database ready, and others wait. */
const MAKING_READY = 1;

/** Throws {@link StartError}, in which no password stands, and changes nothing where the database cannot be used. */
export async function openPostgres(options: PostgresStoreOptions): Promise<PostgresStore> {
  const client = await connectTo(options.url);
  try {
    await client.query('select pg_advisory_lock($1, $2)', [APPLICATION_ID, MAKING_READY]);
    await makeReady(client, options);
    const same = await SameDatabase.of(client, (reason) => options.onOther?.(reason));
    // From its connection on, it keeps others out by itself.
    const bus = await PostgresBus.open({
      url: options.url,
      admit: same.admit,
      channels: [BATCHES_CHANNEL],
      ...(options.bus === undefined ? {} : { carrier: await carrierOver(options.bus, client) }),
      onError: (error) => options.onError?.(error),
    });
    return new PostgresStore(options, bus, same);
  } finally {
    await client.end();
  }
}

/** The servers of one life of a database hear each other. */
async function carrierOver(url: string, client: PostgresClient): Promise<(ears: Ears) => Promise<Carrier>> {
  const { rows } = await client.query<{ epoch: string }>('select epoch from meta');
  const { openNats } = await import('./nats.ts');
  return (ears) => openNats(url, `parley.${there(rows[0], 'meta has one row').epoch}`, ears);
}

/** Servers share a database; whoever changes its tables, makes its index or takes it elsewhere has it alone. */
async function makeReady(client: PostgresClient, options: PostgresStoreOptions): Promise<void> {
  const take = async (how: 'pg_try_advisory_lock' | 'pg_try_advisory_lock_shared') => {
    const { rows } = await client.query(`select ${how}($1) as free`, [APPLICATION_ID]);
    return rows[0].free as boolean;
  };
  if (!(await isNewest(client)) || !(await isSearchIndexed(client))) {
    if (!(await take('pg_try_advisory_lock'))) {
      throw new StartError(`${placeOf(client)} is in use by a Parley of another version: stop that one first.`);
    }
    await migrate(client);
    await begin(client, options);
    await ensureSearchIndex(client, (done) => options.log?.('the search index is being made', { messages: done }));
    await client.query('select pg_advisory_unlock($1)', [APPLICATION_ID]);
  }
  if (!(await take('pg_try_advisory_lock_shared'))) {
    throw new StartError(`${placeOf(client)} is in use by another Parley alone: stop that one first.`);
  }
  if (await noteLife(client, options.newEpoch))
    options.log?.('the database was put back, or taken over by a standby: clients read everything anew');
}

/** Makes the one row of `meta` where there is none. */
async function begin(client: PostgresClient, { newEpoch, now }: PostgresStoreOptions): Promise<void> {
  const insert = 'insert into meta (id, epoch, position, last_id) values (1, $1, $2, 0) on conflict do nothing';
  await client.query(insert, [newEpoch(), now() * 1000]);
}

/** One server's way to a database that others may use too. */
export class PostgresStore implements Store {
  readonly questions: Questions;
  readonly reading: Store['reading'];
  readonly epoch: string;
  readonly clock: () => Promise<number>;
  readonly bus: PostgresBus;
  readonly duties: PostgresDuties;
  trouble: string | null = null;
  private readonly options: PostgresStoreOptions;
  private writer: PostgresWriter<never, never> | null = null;
  private readonly pools: { readings: Pool; slow: Pool };
  private readonly locks: Exclusively;
  private readonly same: SameDatabase;

  constructor(options: PostgresStoreOptions, bus: PostgresBus, same: SameDatabase) {
    this.same = same;
    this.bus = bus;
    this.epoch = bus.began.epoch;
    this.options = options;
    const { url, connections = CONNECTIONS } = options;
    const { maxWaitingReadings = MAX_WAITING_READINGS, maxWaitingQuick = MAX_WAITING_QUICK } = options;
    const common = {
      url,
      admit: same.admit,
      losses: () => bus.connection.losses,
      onError: (error: unknown) => options.onError?.(error),
    };
    const slow = Math.max(1, Math.round(connections * SLOW_SHARE));
    this.pools = {
      readings: new Pool({
        ...common,
        connections: connections - slow,
        maxWaiting: maxWaitingQuick,
        statementMs: READING_MS,
      }),
      slow: new Pool({
        ...common,
        connections: slow,
        maxWaiting: maxWaitingReadings,
        statementMs: SLOW_READING_MS,
      }),
    };
    this.locks = new Exclusively(common);
    this.duties = new PostgresDuties(common);
    const { ask, reading } = readingsOver(this.pools.readings);
    this.questions = postgresQuestions(ask);
    this.reading = reading;
    // A batch has this row for itself from its beginning to its end: what is below its position is there.
    const clock = this.questions.inWords<object, { position: number }>('select position from meta');
    this.clock = async () => there(await clock.get({}), 'meta has one row').position;
  }

  passing<T>(kind: string): PostgresPassing<T> {
    return new PostgresPassing(this.pools.readings, kind, this.options.now);
  }

  openReaders<R extends ThreadReadings>(source: ReadersSource): Readers<R> {
    return slowReaders(this.pools.slow, source);
  }

  secret(): Promise<Buffer> {
    return this.pools.readings.lend((connection) => sharedSecret(connection, this.options.folder));
  }

  exclusively<T>(name: string, work: () => Promise<T>): Promise<T> {
    return this.locks.run(name, work);
  }

  get position(): number {
    return this.writer?.position ?? this.bus.began.position;
  }

  openWriter<C, P>(judge: Judge<C, P>): PostgresWriter<C, P> {
    const { options } = this;
    const writer = new PostgresWriter<C, P>(judge, {
      maxWaiting: MAX_WAITING,
      batchSize: BATCH_SIZE,
      ...options,
      admit: this.same.admit,
      bus: this.bus,
      onTrouble: (reason) => {
        this.trouble = reason;
        options.log?.(reason === null ? 'writing is possible again' : `nothing can be written: ${reason}`);
      },
    });
    this.writer = writer as unknown as PostgresWriter<never, never>;
    return writer;
  }

  async size(): Promise<{ database: number; wal: number }> {
    const size = this.questions.inWords<object, { bytes: number }>(
      'select pg_database_size(current_database()) as bytes',
    );
    return { database: (await size.get({}))?.bytes ?? 0, wal: 0 };
  }

  async close(): Promise<void> {
    await Promise.all([this.writer?.close(), this.duties.close()]);
    await this.bus.close();
    await Promise.all([...Object.values(this.pools), this.locks].map((one) => one.close()));
  }
}
