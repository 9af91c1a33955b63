/** Every statement that readings are made of, over the same rows: PostgreSQL answers as SQLite does, alone and gathered. */
import { deepStrictEqual } from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { is, Placeholder } from 'drizzle-orm';
import { Client } from 'pg';
import t, { type Test } from 'tap';
import type { Caller } from '../../../src/chat/caller.ts';
import { SEARCH_START } from '../../../src/chat/readings/search.ts';
import { prepareSlowReadings } from '../../../src/chat/readings/slow-readings.ts';
import { migrate } from '../../../src/db/migrate.ts';
import { migrations } from '../../../src/db/migrations.ts';
import { openPostgres } from '../../../src/db/postgres/open.ts';
import { textOf } from '../../../src/db/postgres/text.ts';
import { users } from '../../../src/db/schema/people.ts';
import { postgresTarget } from '../../../src/db/transfer/postgres-side.ts';
import { sqliteSource } from '../../../src/db/transfer/sqlite-side.ts';
import { transfer } from '../../../src/db/transfer/transfer.ts';
import type { SearchQuery } from '../../../src/protocol/http-search.ts';
import fc from '../../property.ts';
import { openWorld, type World } from '../../world.ts';
import { over } from '../all-rows.ts';
import { tempFolder } from '../register.ts';
import { type Statement, statementsOver } from '../statements.ts';
import { noPostgres, startPostgres } from './server.ts';

t.setTimeout(300_000);
const postgres = noPostgres ? null : await startPostgres(t);

const WORDS = ['Straße', 'order', 'café', '東京の天気', 'an order of', 'Ordnung', 'x-ray', "l'été", 'ไทย', '😀'];

/** A folder with some rows of every table, and much that was said. */
async function filledFolder(t: Test): Promise<string> {
  const folder = tempFolder(t);
  over(join(folder, 'parley.db'), (database) => {
    migrate(database, folder);
    database.exec(readFileSync(join(import.meta.dirname, '../rows', `${migrations.at(-1)?.name}.sql`), 'utf8'));
    database.exec(`insert into users (id, uuid, role, anonymous, name, fields, created_at)
      select 2000000 + value, '01a0c450-96f8-7b67-bdec-00000000000' || value, iif(value % 3 = 2, 'agent', 'user'), 0,
        'P' || value, '{}', 0 from json_each('[0, 1, 2, 3, 4, 5, 6, 7]')`);
  });
  const world = openWorld(t, { folder });
  const people = world.store.reader.select().from(users).all();
  const begun: { conversation: string }[] = [];
  const random = fc.sample(fc.tuple(fc.nat(), fc.nat(), fc.nat(), fc.nat()), 400);
  const any = <T>(list: readonly T[], at: number): T => list[at % list.length] as T;
  let refused = 0;
  for (const [from, to, where, what] of random) {
    const { uuid } = any(people, to);
    const target = any(
      [{ support: 'agent' as const }, { support: 'peer' as const }, { user: { uuid } }, ...begun],
      where,
    );
    const text = `${any(WORDS, what)} ${any(WORDS, to)}`;
    try {
      const told = (await world.send(any(people, from), target, text)) as { message: { conversationId: string } };
      begun.push({ conversation: told.message.conversationId });
    } catch {
      refused += 1;
    }
  }
  t.ok(refused < 300, `${400 - refused} were sent`);
  await world.store.close();
  return folder;
}

async function transferred(folder: string, url: string): Promise<void> {
  const own = { pid: 1, newEpoch: () => 'another', now: () => 0, maxWaiting: 1, batchSize: 1 };
  const [from, to] = [await sqliteSource({ folder, ...own }), await postgresTarget(url)];
  await transfer(from, to, () => {});
  await to.close();
  await from.close();
}

type Given = Record<string, unknown>;

/** What may be given for each value of a statement: mostly what its column holds somewhere. */
function givensOf({ store }: World) {
  const { $client: client } = store.reader;
  const tables = client
    .prepare("select name from pragma_table_list where schema = 'main' and type = 'table' and name not like 'search%'")
    .pluck()
    .all() as string[];
  const distinct = (table: string, column: string) =>
    client.prepare(`select distinct "${column}" from "${table}" where "${column}" is not null limit 300`).pluck().all();
  const held = new Map<string, unknown[]>();
  for (const table of tables) {
    const columns = client.prepare('select name from pragma_table_info(?)').pluck().all(table) as string[];
    for (const column of columns) {
      held.set(`${table}.${column}`, distinct(table, column));
      held.set(column, [...(held.get(column) ?? []), ...distinct(table, column)]);
    }
  }
  const numbers = ['id', 'seq', 'rev', 'activity', 'created_at', 'position'].flatMap((one) => held.get(one) ?? []);
  const all: Record<string, unknown[]> = {
    text: [...(held.get('uuid') ?? []), 'agent', 'open', 'nobody'],
    number: numbers.filter((one) => typeof one === 'number'),
  };
  const keys = (held.get('id') ?? []).filter((one) => typeof one === 'number');

  /** Of a value of one of PostgreSQL's types, behind which the statement says these words. */
  return (type: string, before: string): fc.Arbitrary<unknown> => {
    if (type === 'json') return fc.subarray(keys, { maxLength: 8 }).map((some) => JSON.stringify(some));
    if (type === 'boolean') return fc.boolean();
    const [, table, column] = /(?:"(\w+)"\.)?"(\w+)" (?:[<>=]+|is|is not) \(?$/.exec(before) ?? [];
    const wanted = type === 'text' ? 'string' : 'number';
    const own = (held.get(table === undefined ? `${column}` : `${table}.${column}`) ?? []).filter(
      (one) => typeof one === wanted && (type !== 'integer' || (one as number) < 2 ** 31),
    );
    if (/\b(limit|offset)\s*$/i.test(before)) return fc.integer({ min: 0, max: 12 });
    const others =
      type === 'integer' ? fc.nat(1) : fc.constantFrom(...(all[type === 'text' ? 'text' : 'number'] ?? []));
    return own.length === 0
      ? others
      : fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...own) }, { weight: 1, arbitrary: others });
  };
}

/** Values as both drivers are given them. PostgreSQL takes the statement: it says what it wants. */
async function givenFor(
  client: Client,
  statement: Statement,
  of: ReturnType<typeof givensOf>,
): Promise<fc.Arbitrary<Given>> {
  const { sql, params } = statement.getQuery?.() ?? { sql: '', params: [] };
  await client.query(`prepare tried as ${textOf(sql).text}`);
  const { rows } = await client.query('select unnest(parameter_types)::text as type from pg_prepared_statements');
  await client.query('deallocate tried');
  const types = rows.map(({ type }) => String(type));
  const parts = sql.split('?');
  return fc.record(
    Object.fromEntries(
      params.flatMap((param, index) =>
        is(param, Placeholder) ? [[param.name, of(types[index] ?? 'text', parts[index] ?? '')]] : [],
      ),
    ),
  );
}

/** Of what is worded for each engine: what is given by name, the same for all. */
function inWords(sql: string): fc.Arbitrary<Given> {
  const spans = [{ start: 0, end: 2 ** 52, offset: 3_600_000 }];
  const given: Given = {
    spans: JSON.stringify(spans),
    step: '86400000',
    conversations: '[1, 17, 18, 33]',
    activity: 0,
    limit: 9,
  };
  const names = [...sql.matchAll(/\$(\w+)/g)].map(([, name = '']) => name);
  const known = Object.fromEntries(
    names.filter((name) => name in given).map((name) => [name, fc.constant(given[name])]),
  );
  return fc.record(names.includes('id') ? { ...known, id: fc.nat(40) } : known);
}

/** Rows to be compared: where a statement gives no order, there is none. */
function comparable(sql: string, rows: readonly unknown[]): unknown {
  const texts = rows.map((row) => JSON.stringify(row));
  if (/\border by\b/.test(sql)) return texts;
  return /\blimit\b/.test(sql) ? texts.length : texts.toSorted();
}

t.test('what SQLite answers', { skip: noPostgres }, async (t) => {
  const folder = await filledFolder(t);
  const url = (await postgres?.database()) ?? '';
  await transferred(folder, url);
  const world = openWorld(t, { folder });
  const store = await openPostgres({ url, newEpoch: () => 'never', now: Date.now, onError: t.error });
  t.teardown(() => store.close());
  t.equal(store.epoch, world.store.epoch);

  const client = new Client({ connectionString: url });
  await client.connect();
  t.teardown(() => client.end());

  await t.test('PostgreSQL answers too, alone and gathered', async (t) => {
    const ofSqlite = statementsOver(world.store.questions, world);
    const ofPostgres = statementsOver(store.questions, world);
    t.same([...ofPostgres.keys()], [...ofSqlite.keys()]);
    const of = givensOf(world);
    const silent: string[] = [];
    for (const [name, statement] of ofPostgres) {
      const known = ofSqlite.get(name) as Statement;
      const { sql } = statement.getQuery?.() ?? { sql: known.source ?? '' };
      const givens = statement.getQuery === undefined ? inWords(sql) : await givenFor(client, statement, of);
      let rows = 0;
      const same = fc.asyncProperty(fc.array(givens, { minLength: 2, maxLength: 30 }), async (asked) => {
        const expected = asked.map((given) => known.all(given) as unknown[]);
        const alone = await statement.all(asked[0] as Given);
        const gathered = await store.reading(() => Promise.all(asked.map(async (given) => statement.all(given))));
        rows += expected.flat().length;
        const told = (answers: readonly unknown[][]) => answers.map((answer) => comparable(sql, answer));
        deepStrictEqual(told([alone, ...gathered]), told([expected[0] as unknown[], ...expected]));
      });
      await fc.assert(same, { numRuns: 4, endOnFailure: true }).catch((error) => t.fail(name, { error }));
      if (rows === 0) silent.push(name);
    }
    t.ok(silent.length < ofPostgres.size / 3, `rows were found by most (not by ${silent.join(', ')})`);
  });

  await t.test('and finds the same words', async (t) => {
    await world.writer.indexed();
    const [sqlite, other] = [world.store.questions, store.questions].map((db) => prepareSlowReadings(db).readings);
    const people = await world.store.questions.select().from(users).all();
    const callers = people.map(({ id, uuid, role, anonymous }): Caller => {
      return { kind: 'user', id, uuid, role, anonymous, session: null, expiresAt: Number.MAX_SAFE_INTEGER, line: null };
    });
    const query = fc.record({
      q: fc.array(fc.constantFrom(...WORDS, 'or*', '"an order"', '東', '天気', 'ord', 'ETE', 'P3'), {
        minLength: 1,
        maxLength: 2,
      }),
      caller: fc.constantFrom(...callers),
      order: fc.constantFrom('time', 'rank'),
      limit: fc.constantFrom(3, 50),
    });
    let found = 0;
    const same = fc.asyncProperty(query, async ({ q, caller, order, limit }) => {
      const asked = { q: q.join(' '), order, limit } as SearchQuery;
      const expected = await sqlite?.search(caller, asked, SEARCH_START);
      found += expected?.items.length ?? 0;
      deepStrictEqual(await store.reading(async () => other?.search(caller, asked, SEARCH_START)), expected);
    });
    await fc.assert(same, { numRuns: 40, endOnFailure: true });
    t.ok(found > 100, `${found} were found`);
  });
});
