/**
 * The database of a test's server: the file in its folder, or with PARLEY_TEST_POSTGRES one of its own in that cluster.
 * Asked beside the server, in words that both stores take.
 */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import pg from 'pg';
import type { Test } from 'tap';

/** By the folder of each test's server. */
const databases = new Map<string, Promise<string>>();

/** To skip by what is a matter of the file alone: a reason where the tests run over PostgreSQL. */
export const ofTheFile: string | false =
  process.env.PARLEY_TEST_POSTGRES !== undefined && 'it is about the file, and there is none';

/**
 * The address of the folder's database in PostgreSQL, made for the first server there; undefined where it is a file.
 *
 * @param t takes it away at its end, unless a server is started there again
 */
export function databaseOf(folder: string, t: Test | null): Promise<string> | undefined {
  const cluster = process.env.PARLEY_TEST_POSTGRES;
  if (cluster === undefined) return undefined;
  const known = databases.get(folder);
  if (known !== undefined) return known;
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  const made = inPostgres(cluster, async (client) => {
    // By its files: the way through the log costs PostgreSQL twice as much.
    await client.query(`create database ${name} strategy file_copy`);
    return Object.assign(new URL(cluster), { pathname: `/${name}` }).href;
  }).then(withItsOwnEpoch);
  databases.set(folder, made);
  t?.teardown(() => inPostgres(cluster, (client) => client.query(`drop database ${name} with (force)`)));
  return made;
}

/** Of what a database may be a copy, with its tables (over-postgres/doors.ts). */
async function withItsOwnEpoch(url: string): Promise<string> {
  await inPostgres(url, async (client) => {
    const { rows } = await client.query(`select to_regclass('meta') is not null as made`);
    if (rows[0].made) await client.query('update meta set epoch = $1', [randomUUID()]);
  });
  return url;
}

type Row = Record<string, string | number | null>;

/** The rows of a question; numbers and texts in either store. */
export async function rowsBeside(folder: string, sql: string): Promise<Row[]> {
  const url = await databases.get(folder);
  if (url !== undefined) return inPostgres(url, async (client) => (await client.query(sql)).rows);
  const database = new Database(join(folder, 'parley.db'), { readonly: true });
  try {
    return database.prepare<[], Row>(sql).all();
  } finally {
    database.close();
  }
}

export async function countBeside(folder: string, table: string, where = '1 = 1'): Promise<number> {
  const [told] = await rowsBeside(folder, `select count(*) as count from ${table} where ${where}`);
  return Number(told?.count);
}

/** How many words the search index holds, those that say where a message is among them. */
export async function wordsBeside(folder: string): Promise<number> {
  if (databases.has(folder)) return countBeside(folder, 'search, unnest(words)');
  const database = new Database(join(folder, 'parley.db'), { readonly: true });
  database.exec(`create virtual table temp.words using fts5vocab('main', 'search', 'row')`);
  const words = database.prepare<[], number>('select count(*) from words').pluck().get();
  database.close();
  return Number(words);
}

/** Resolves when no job is under way. */
export async function jobsDone(folder: string): Promise<void> {
  while ((await countBeside(folder, 'jobs')) > 0) await new Promise((resolve) => setImmediate(resolve));
}

/** Does what the store is told, in its own words. */
export async function doBeside(folder: string, words: { sqlite: string; postgres: string }): Promise<void> {
  const url = await databases.get(folder);
  if (url !== undefined) {
    await inPostgres(url, (client) => client.query(words.postgres));
    return;
  }
  const database = new Database(join(folder, 'parley.db'));
  database.exec(words.sqlite);
  database.close();
}

async function inPostgres<T>(url: string, use: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  for (const type of [pg.types.builtins.INT8, pg.types.builtins.NUMERIC]) client.setTypeParser(type, Number);
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}
