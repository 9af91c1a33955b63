/**
 * The database of a test's server: the file in its folder, or with PARLEY_TEST_POSTGRES one of its own in that cluster.
 * Asked beside the server, in words that both stores take.
 */
import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
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
 * @param from an empty one is made of `template0`, else it may have Parley's tables already (over-postgres/doors.ts)
 */
export function databaseOf(folder: string, t: Test | null, from = 'template1'): Promise<string> | undefined {
  const cluster = process.env.PARLEY_TEST_POSTGRES;
  if (cluster === undefined) return undefined;
  const known = databases.get(folder);
  if (known !== undefined) return known;
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  const url = Object.assign(new URL(cluster), { pathname: `/${name}` }).href;
  // By its files: the way through the log costs PostgreSQL twice as much.
  const made = asked(cluster, `create database ${name} template ${from} strategy file_copy`).then(() =>
    withItsOwnEpoch(url),
  );
  databases.set(folder, made);
  t?.teardown(async () => {
    await pools.get(url)?.end();
    await asked(cluster, `drop database ${name} with (force)`);
  });
  return made;
}

/** What it is a copy of has one too. */
async function withItsOwnEpoch(url: string): Promise<string> {
  const [told] = await asked(url, `select to_regclass('meta') is not null as made`);
  if (told?.made) await asked(url, 'update meta set epoch = $1', [randomUUID()]);
  return url;
}

type Row = Record<string, string | number | boolean | null>;

/** The rows of a question; numbers and texts in either store. */
export async function rowsBeside(folder: string, sql: string): Promise<Row[]> {
  const url = await databases.get(folder);
  if (url !== undefined) return asked(url, sql);
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

/**
 * Which of these texts stand in any file of the folder, however they lie there, or in a row of its database in PostgreSQL:
 * `text in file`, or `text in table`.
 */
export async function standsBeside(folder: string, texts: readonly string[]): Promise<string[]> {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  const found = names
    .filter((name) => statSync(join(folder, name)).isFile())
    .flatMap((name) => {
      const bytes = readFileSync(join(folder, name));
      return texts.filter((text) => bytes.includes(text)).map((text) => `${text} in ${name}`);
    });
  const url = await databases.get(folder);
  if (url === undefined) return found;
  // What servers tell each other is there for a minute, whatever becomes of it.
  const tables = await asked(
    url,
    `select tablename as name from pg_tables where schemaname = 'public' and tablename <> 'publications' order by 1`,
  );
  for (const { name } of tables) {
    const rows = await asked(
      url,
      `select text from unnest($1::text[]) as text
       where exists (select from "${name}" as stored where strpos(stored::text, text) > 0)`,
      [texts],
    );
    found.push(...rows.map(({ text }) => `${text} in ${name}`));
  }
  return found;
}

/** Resolves when no job is under way. */
export async function jobsDone(folder: string): Promise<void> {
  while ((await countBeside(folder, 'jobs')) > 0) await new Promise((resolve) => setImmediate(resolve));
}

/** Does what the store is told, in its own words. */
export async function doBeside(folder: string, words: { sqlite: string; postgres: string }): Promise<void> {
  const url = await databases.get(folder);
  if (url !== undefined) {
    await asked(url, words.postgres);
    return;
  }
  const database = new Database(join(folder, 'parley.db'));
  database.exec(words.sqlite);
  database.close();
}

/**
 * Has the store refuse changes of messages.
 *
 * @param when a condition over the rows `old` and `new`
 * @returns what ends it
 */
export async function refusingUpdates(folder: string, when: string): Promise<() => Promise<void>> {
  await doBeside(folder, {
    sqlite: `create trigger refused before update on messages when ${when} begin select raise(abort, 'not now'); end`,
    postgres: `create function refuse() returns trigger language plpgsql as $$ begin raise exception 'not now'; end $$;
      create trigger refused before update on messages for each row when (${when}) execute function refuse()`,
  });
  return () => doBeside(folder, { sqlite: 'drop trigger refused', postgres: 'drop function refuse cascade' });
}

/** By the address of a database: a connection that is kept a while, and keeps no process from ending. */
const pools = new Map<string, pg.Pool>();

async function asked(url: string, sql: string, values?: unknown[]): Promise<Row[]> {
  let pool = pools.get(url);
  if (pool === undefined) {
    pool = new pg.Pool({ connectionString: url, max: 1, allowExitOnIdle: true });
    pool.on('connect', (client) => {
      for (const type of [pg.types.builtins.INT8, pg.types.builtins.NUMERIC]) client.setTypeParser(type, Number);
    });
    // PostgreSQL may end it before it is asked again.
    pool.on('error', () => {});
    pools.set(url, pool);
  }
  return (await pool.query(sql, values)).rows;
}
