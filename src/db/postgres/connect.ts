/** A connection to PostgreSQL, and the hold on a database that one Parley has at a time. */
import pg from 'pg';
import { APPLICATION_ID } from '../migrate.ts';
import { StartError } from '../start-error.ts';

export type PostgresClient = pg.Client;

/** The object id of bigint among PostgreSQL's types. */
const INT8 = 20;
const CONNECT_MS = 10_000;

/** Keys and positions stay below 2^53: numbers, as in SQLite. */
const types: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') =>
    oid === INT8 ? Number : pg.types.getTypeParser(oid, format as 'text')) as pg.CustomTypesConfig['getTypeParser'],
};

/**
 * Connects, and takes the database for this process alone until the connection ends, however it ends. Throws
 * {@link StartError}, in which no password stands.
 *
 * @param url as {@link addressed} takes it
 */
export async function connect(url: string): Promise<PostgresClient> {
  const client = await connectTo(url);
  const { rows } = await client.query('select pg_try_advisory_lock($1) as free', [APPLICATION_ID]);
  if (rows[0]?.free === true) return client;
  await client.end();
  throw new StartError(`${placeOf(client)} is in use by another Parley: stop that one first.`);
}

/**
 * Connects, beside whoever else does. Throws {@link StartError}, in which no password stands.
 *
 * @param url as {@link addressed} takes it
 * @param more how else the connection is
 */
export async function connectTo(url: string, more: pg.ClientConfig = {}): Promise<PostgresClient> {
  const client = clientOf(url, more);
  // What breaks the connection is told to whoever asks it next.
  client.on('error', () => {});
  try {
    await client.connect();
    return client;
  } catch (error) {
    await client.end().catch(() => {});
    throw new StartError(`${placeOf(client)} cannot be used (${(error as Error).message}).`, { cause: error });
  }
}

/** As long as a server is connected, nobody takes the database for himself ({@link connect}). */
export async function shareDatabase(client: pg.ClientBase): Promise<void> {
  const { rows } = await client.query('select pg_try_advisory_lock_shared($1)::int as shared', [APPLICATION_ID]);
  if (rows[0]?.shared !== 1) throw new Error('the PostgreSQL database is in use by another Parley alone');
}

/**
 * How every connection is made.
 *
 * @param url `postgres://…`; what it does not say is taken from the environment and the password file, as psql does
 */
export function addressed(url: string): pg.ClientConfig {
  return {
    connectionString: url,
    application_name: 'parley',
    connectionTimeoutMillis: CONNECT_MS,
    keepAlive: true,
  };
}

function clientOf(url: string, more: pg.ClientConfig): PostgresClient {
  try {
    return new pg.Client({ ...addressed(url), ...more, types });
  } catch (error) {
    throw new StartError(`The address of the PostgreSQL database is none (${(error as Error).message}).`);
  }
}

/** A database's name and host, for people. */
export function placeOf({ database, host }: PostgresClient): string {
  return `The PostgreSQL database ${database ?? ''} on ${host}`;
}
