/** From SQLite to PostgreSQL and back: what comes home is what went out, whatever cut it off on the way. */
import { copyFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { inspectWhole } from '../../src/db/findings.ts';
import { migrate } from '../../src/db/migrate.ts';
import { migrations } from '../../src/db/migrations.ts';
import { connect } from '../../src/db/postgres/connect.ts';
import { migrate as migratePostgres } from '../../src/db/postgres/migrate.ts';
import { postgresSource, postgresTarget } from '../../src/db/transfer/postgres-side.ts';
import type { Source, Target } from '../../src/db/transfer/side.ts';
import { sqliteSource, sqliteTarget } from '../../src/db/transfer/sqlite-side.ts';
import { type Transferred, transfer } from '../../src/db/transfer/transfer.ts';
import { columnsOf, everything, over } from './all-rows.ts';
import { noPostgres, type Postgres, queried, startPostgres } from './postgres/server.ts';
import { tempFolder } from './register.ts';

t.setTimeout(240_000);

const source = (folder: string) =>
  sqliteSource({ folder, pid: 1, newEpoch: () => 'another', now: () => 0, maxWaiting: 1, batchSize: 1 });
const target = (folder: string) => sqliteTarget({ folder, pid: 1 });

/** Runs one between two sides, and lets go of both. */
async function between(
  from: Source | Promise<Source>,
  to: Target | Promise<Target>,
  onStep: (what: string, share: number) => void = () => {},
): Promise<Transferred> {
  const [given, taken] = [await from, await to];
  try {
    return await transfer(given, taken, onStep);
  } finally {
    await taken.close();
    await given.close();
  }
}

/** A folder with rows of every table and every kind of value. */
function folderWithRows(t: Test, more: readonly string[] = []): string {
  const folder = tempFolder(t);
  const newest = migrations.at(-1)?.name ?? '';
  over(join(folder, 'parley.db'), (database) => {
    migrate(database, folder);
    database.exec(readFileSync(join(import.meta.dirname, 'rows', `${newest}.sql`), 'utf8'));
    for (const statement of more) database.exec(statement);
  });
  return folder;
}

function sameRows(t: Test, folder: string, other: string): void {
  const [was, is] = [folder, other].map((one) => over(join(one, 'parley.db'), everything));
  let rows = 0;
  for (const [table, before] of was ?? []) {
    if (table.startsWith('search')) continue;
    rows += before.length;
    t.same(columnsOf(is?.get(table) ?? [], before), columnsOf(before, before), table);
  }
  t.ok(rows > 0);
}

/** What PostgreSQL itself says of keys and indexes. */
async function catalogue(url: string): Promise<string[]> {
  return queried(url, async (client) => {
    const { rows } = await client.query(
      `select indexdef as text from pg_indexes where schemaname = 'public'
       union select conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid) from pg_constraint
         where connamespace = 'public'::regnamespace
       union select 'table ' || tablename from pg_tables where schemaname = 'public'`,
    );
    return rows.map(({ text }) => String(text)).sort();
  });
}

const texts = ['b', 'B', 'a', 'ä', 'Zed', 'zed', '\uffee', '\u{1f600}', "o'x", 'a,b', '{"c}', '\\N', 'NULL', ' '];
/** Whose order depends on who orders. */
const oddKeys = texts.map((text) => {
  const literal = `'${text.replaceAll("'", "''")}'`;
  return `insert into identities (provider, subject, user) values ('odd', ${literal}, 12);
    insert into tags (conversation, tag) values (2, 'odd ' || ${literal})`;
});

/** So many messages that they take several pages. */
const MANY = 23_000;
const many = `with recursive n (n) as (select 1 union all select n + 1 from n where n < ${MANY})
  insert into messages (id, uuid, conversation, seq, rev, kind, ai, content, changed, created_at)
  select 2000000 + n, 'm' || n, 1, 100 + n, 100 + n, 'text', n % 2, 'word' || n || ' “naïve” 😀', 0, n from n`;

const server = noPostgres ? null : await startPostgres(t);
const withPostgres = (name: string, test: (t: Test, postgres: Postgres) => Promise<void>) =>
  t.test(name, { skip: noPostgres }, async (t) => {
    if (server !== null) await test(t, server);
  });

withPostgres('there and back, each is what the other was', async (t, postgres) => {
  const folder = folderWithRows(t, oddKeys);
  const url = await postgres.database();
  const steps: string[] = [];
  const done = await between(source(folder), postgresTarget(url), (what) => steps.push(what));
  const count = [...over(join(folder, 'parley.db'), everything)]
    .filter(([table]) => table !== 'meta' && !table.startsWith('search'))
    .reduce((sum, [, rows]) => sum + rows.length, 0);
  t.same(done, { rows: count, before: 0, replaced: 0 });
  t.same([...new Set(steps)], ['copying', 'comparing', 'indexing']);

  const empty = await postgres.database();
  const client = await connect(empty);
  await migratePostgres(client);
  await client.end();
  t.same(await catalogue(url), await catalogue(empty), 'keys and indexes are all there again');
  const [[bot], [user]] = await queried(url, async (asked) => [
    (await asked.query('select actions, temperature from bots')).rows,
    (await asked.query(`select anonymous, fields from users where name = 'Ann'`)).rows,
  ]);
  t.match(
    [bot, user],
    [{ temperature: 0.5 }, { anonymous: false, fields: { plan: 'gold' } }],
    'as values of their kind',
  );

  const back = tempFolder(t);
  t.match(await between(postgresSource(url), target(back)), { rows: count, before: 0 });
  sameRows(t, folder, back);
  t.same(inspectWhole(join(back, 'parley.db')).findings, []);
  t.same(
    over(join(back, 'parley.db'), (database) =>
      database.prepare('select search_mark = last_id from meta').pluck().get(),
    ),
    1,
    'its messages are found',
  );
  t.notOk(existsSync(join(back, 'transfer-in-progress.db')));
});

withPostgres('PostgreSQL dies in the midst of it, and it goes on', async (t, postgres) => {
  const folder = folderWithRows(t, [many]);
  const url = await postgres.database();
  let crashed: Promise<void> | null = null;
  const cutOff = between(source(folder), postgresTarget(url), (_, share) => {
    if (share > 0.5) crashed ??= postgres.crash();
  });
  await t.rejects(cutOff);
  await crashed;
  await t.rejects(between(postgresSource(url), target(tempFolder(t))), {
    name: 'StartError',
    message: /no Parley database, or half a one/,
  });
  const done = await between(source(folder), postgresTarget(url));
  t.ok(done.before > 0 && done.before < done.rows, `${done.before} of ${done.rows} were there`);
  const back = tempFolder(t);
  await between(postgresSource(url), target(back));
  sameRows(t, folder, back);
});

withPostgres('what has changed meanwhile, there or here, is copied anew', async (t, postgres) => {
  const folder = folderWithRows(t);
  const url = await postgres.database();
  const lost = () => {
    throw new Error('the line is lost');
  };
  const untilCompared = (what: string) => (what === 'comparing' ? lost() : undefined);
  await t.rejects(between(source(folder), postgresTarget(url), untilCompared), /the line is lost/);
  over(join(folder, 'parley.db'), (database) =>
    database.exec(`update users set name = 'Anna' where name = 'Ann'; update meta set position = position + 1`),
  );
  await t.rejects(between(source(folder), postgresTarget(url), untilCompared), /the line is lost/);
  const name = () =>
    queried(url, async (client) => (await client.query('select name from users where id = 1000001')).rows);
  t.same(await name(), [{ name: 'Anna' }]);

  await queried(url, (client) => client.query(`update users set name = 'Else' where id = 1000001`));
  await t.rejects(between(source(folder), postgresTarget(url)), {
    name: 'StartError',
    message: /What was copied is not what was there \(users\)/,
  });
  t.match(await between(source(folder), postgresTarget(url)), { before: 0 });
  t.same(await name(), [{ name: 'Anna' }]);
});

withPostgres('a character that PostgreSQL does not keep is told', async (t, postgres) => {
  const folder = folderWithRows(t, [`update deliveries set response = 'a' || char(0) || 'b' where event = 9029`]);
  const url = await postgres.database();
  t.match(await between(source(folder), postgresTarget(url)), { replaced: 1 });
  const { rows } = await queried(url, (client) => client.query('select response from deliveries where event = 9029'));
  t.same(rows, [{ response: 'a\ufffdb' }]);
});

withPostgres('what is there already stays as it is', async (t, postgres) => {
  const folder = folderWithRows(t);
  const url = await postgres.database();
  await between(source(folder), postgresTarget(url));
  await t.rejects(between(source(folder), postgresTarget(url)), {
    name: 'StartError',
    message: /holds a Parley database already/,
  });
  const before = readFileSync(join(folder, 'parley.db'));
  t.throws(() => target(folder), { name: 'StartError', message: /There is a database in .* already/ });
  t.ok(before.equals(readFileSync(join(folder, 'parley.db'))));
  t.throws(() => source(tempFolder(t)), { name: 'StartError', message: /There is no database in/ });

  const working = source(folder);
  t.throws(() => source(folder), { name: 'StartError', message: /is in use by another Parley/ });
  await working.close();
});

withPostgres('an older database is brought up to date on its way', async (t, postgres) => {
  const [first] = migrations;
  const folder = tempFolder(t);
  over(join(folder, 'parley.db'), (database) => {
    migrate(database, folder, migrations.slice(0, 1));
    database.exec(readFileSync(join(import.meta.dirname, 'rows', `${first?.name}.sql`), 'utf8'));
  });
  const kept = tempFolder(t);
  mkdirSync(kept, { recursive: true });
  copyFileSync(join(folder, 'parley.db'), join(kept, 'parley.db'));
  const url = await postgres.database();
  await between(source(folder), postgresTarget(url));
  const back = tempFolder(t);
  await between(postgresSource(url), target(back));
  sameRows(t, kept, back);
});
