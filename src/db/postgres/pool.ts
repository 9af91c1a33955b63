/** Connections to PostgreSQL that are kept and lent, each of which says what SQLite would say: numbers, texts, null. */
import pg from 'pg';
import { Refusal } from '../../protocol/refusal.ts';
import { addressed } from './connect.ts';

export interface PoolOptions {
  /** `postgres://…`, as {@link addressed} takes it. */
  url: string;
  /** What each connection is asked before it is used, which may reject it. */
  admit: (client: pg.ClientBase) => Promise<void>;
  /** Connections that there may be; each is made when it is needed. */
  connections: number;
  /** Who may wait for one; past it one is refused at once with `OVERLOADED`. */
  maxWaiting: number;
  /** Longest statement, ms. */
  statementMs: number;
  /** How often the way to PostgreSQL was lost by now: a connection of before may be dead, and nobody knows. */
  losses?: () => number;
  /** Told why a connection broke that nobody was using. */
  onError: (error: unknown) => void;
}

export type Connection = pg.PoolClient;

const IDLE_MS = 60_000;
/** A transaction that nobody goes on with holds back what PostgreSQL may clear away. */
const IDLE_IN_TRANSACTION_MS = 10_000;
const RETRY_MS = 500;
/** What an answer may take beside its statement: over a way that is cut none ever comes. The driver closes it then. */
const ANSWER_MS = 5_000;

/** Asked for with the first pool: over a file the driver is not loaded. */
function types(): pg.CustomTypesConfig {
  const { builtins, getTypeParser } = pg.types;
  const text = (value: string) => value;
  // Keys, positions and sums stay below 2^53.
  const parsers = new Map<number, (value: string) => unknown>([
    [builtins.INT8, Number],
    [builtins.NUMERIC, Number],
    [builtins.BOOL, (value) => (value === 't' ? 1 : 0)],
    [builtins.JSON, text],
    [builtins.JSONB, text],
  ]);
  const parserOf = (oid: number, format?: 'text' | 'binary') =>
    parsers.get(oid) ?? getTypeParser(oid, format as 'text');
  return { getTypeParser: parserOf as pg.CustomTypesConfig['getTypeParser'] };
}

export class Pool {
  private readonly pool: pg.Pool;
  private readonly options: PoolOptions;
  /** What was lost when a connection was made. */
  private readonly lossesAtMaking = new WeakMap<pg.ClientBase, number>();

  constructor(options: PoolOptions) {
    this.options = options;
    this.pool = new pg.Pool({
      ...addressed(options.url),
      max: options.connections,
      idleTimeoutMillis: IDLE_MS,
      statement_timeout: options.statementMs,
      query_timeout: options.statementMs + ANSWER_MS,
      idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS,
      // What is asked in one turn leaves in one write, and its answers come in one round.
      pipeline: true,
      types: types(),
      onConnect: options.admit,
    });
    this.pool.on('error', (error) => options.onError(error));
    // While one is lent, whoever uses it is told.
    this.pool.on('connect', (client) => {
      client.on('error', () => {});
      this.lossesAtMaking.set(client, this.losses);
    });
  }

  private get losses(): number {
    return this.options.losses?.() ?? 0;
  }

  /** Lends a connection until `use` is done. Rejects as {@link take} does. */
  async lend<T>(use: (connection: Connection) => Promise<T>): Promise<T> {
    const connection = await this.take();
    try {
      return await use(connection);
    } finally {
      connection.release();
    }
  }

  /**
   * A connection, to be released by whoever takes it; one that broke is not lent again, nor one from before the way was lost:
   * who asked over it would wait in vain. Rejects with `OVERLOADED` where too many wait.
   */
  async take(): Promise<Connection> {
    if (this.pool.waitingCount >= this.options.maxWaiting) throw new Refusal('OVERLOADED', { retryMs: RETRY_MS });
    for (;;) {
      const connection = await this.pool.connect();
      if (this.lossesAtMaking.get(connection) === this.losses) return connection;
      connection.release(true);
    }
  }

  /** Waits for what is lent. */
  async close(): Promise<void> {
    if (!this.pool.ending) await this.pool.end();
  }
}
