/** Readings over a real PostgreSQL: one state, few statements, and what is said when there are too many or none answers. */
import { asc, eq, sql } from 'drizzle-orm';
import t, { type Test } from 'tap';
import { connect, shareDatabase } from '../../../src/db/postgres/connect.ts';
import { Gathering } from '../../../src/db/postgres/gather.ts';
import { migrations } from '../../../src/db/postgres/migrations.ts';
import { openPostgres, type PostgresStoreOptions } from '../../../src/db/postgres/open.ts';
import { Pool } from '../../../src/db/postgres/pool.ts';
import { postgresQuestions } from '../../../src/db/postgres/questions.ts';
import type { Line } from '../../../src/db/postgres/statement.ts';
import type { Questions } from '../../../src/db/questions.ts';
import { users } from '../../../src/db/schema/people.ts';
import { noPostgres, queried, startPostgres } from './server.ts';

t.setTimeout(300_000);
const postgres = noPostgres ? null : await startPostgres(t);

async function opened(t: Test, options: Partial<PostgresStoreOptions> = {}) {
  const url = options.url ?? (await postgres?.database()) ?? '';
  const store = await openPostgres({ url, newEpoch: () => 'first', now: () => 1_000, ...options });
  t.teardown(() => store.close());
  const write = (text: string, values: unknown[] = []) => queried(url, (client) => client.query(text, values));
  const enter = (name: string) =>
    write(
      `insert into users (id, uuid, role, anonymous, name, fields, created_at)
       select coalesce(max(id), 0) + 1, $1, 'user', false, $1, '{}', 0 from users`,
      [name],
    );
  return { store, url, write, enter };
}

const asked = (questions: Questions) => {
  const names = questions.select({ name: users.name }).from(users).orderBy(asc(users.id)).prepare();
  return async () => (await names.all({})).map(({ name }) => name);
};
const byKey = (questions: Questions) =>
  questions
    .select({ name: users.name, anonymous: users.anonymous, fields: users.fields })
    .from(users)
    .where(eq(users.id, sql.placeholder('id')))
    .prepare();

t.test(
  'what is committed between two questions of a reading is for the next reading',
  { skip: noPostgres },
  async (t) => {
    const { store, enter, write } = await opened(t);
    const names = asked(store.questions);
    await enter('Ann');
    const seen = await store.reading(async () => {
      const first = await names();
      await enter('Ben');
      await write('update meta set position = position + 1');
      return [first, await names(), await store.reading(names), await store.clock()];
    });
    t.same(seen, [['Ann'], ['Ann'], ['Ann'], 1_000_000]);
    t.equal(await store.reading(store.clock), 1_000_001);
    t.same(await names(), ['Ann', 'Ben'], 'and outside of one, what is there by then');
  },
);

t.test(
  'a reading that fails takes nothing from others, and what outlives one is outside',
  { skip: noPostgres },
  async (t) => {
    const { store, enter } = await opened(t, { connections: 2 });
    const names = asked(store.questions);
    await enter('Ann');
    let after: Promise<unknown> = Promise.resolve();
    const fails = store.reading(async () => {
      await names();
      after = new Promise((resolve) => setImmediate(resolve)).then(names);
      throw new Error('not so');
    });
    await t.rejects(fails, { message: 'not so' });
    t.same(await after, ['Ann']);
    const wrong = store.questions.inWords<object, object>('select 1 / (id - id) from users');
    await t.rejects(
      store.reading(async () => Promise.all([names(), wrong.all({})])),
      { code: '22012' },
    );
    t.same(await store.reading(names), ['Ann'], 'its connection is good for the next');
  },
);

t.test('what is asked in one turn is one statement, whose answers are dealt out', { skip: noPostgres }, async (t) => {
  const { store, url, enter } = await opened(t);
  for (const name of ['Ann', 'Ben', 'Cas', 'Dot']) await enter(name);
  const pool = new Pool({
    url,
    admit: shareDatabase,
    connections: 1,
    maxWaiting: 1,
    statementMs: 1_000,
    onError: t.error,
  });
  await pool.lend(async (client) => {
    const texts: string[] = [];
    const line: Line = {
      query(given) {
        texts.push(given.text);
        return client.query(given);
      },
    };
    const gathering = new Gathering((use) => use(line));
    const user = byKey(postgresQuestions((statement, values) => gathering.ask(statement, values)));
    t.match(await user.get({ id: 1 }), { name: 'Ann' });
    t.equal(texts.length, 1, 'one alone is asked as it is');
    const many = [4, 2, 9, 2, 1];
    await Promise.all(many.map((id) => user.get({ id })));
    texts.length = 0;
    const found = await Promise.all(many.map((id) => user.get({ id })));
    t.equal(texts.length, 1);
    t.same(
      found.map((row) => row?.name),
      ['Dot', 'Ben', undefined, 'Ben', 'Ann'],
    );
    t.same(found[0], { name: 'Dot', anonymous: false, fields: {} }, 'values are what they are in SQLite');
  });
  await pool.close();
  const user = byKey(store.questions);
  const texts = store.questions.inWords<{ of: string; times: number }, { said: string; n: number }>(
    'select $of as said, $times + 1 as n from users order by id',
  );
  const [one, two, odd] = await Promise.all([
    texts.all({ of: 'a', times: 1 }),
    texts.get({ of: `{"b",'c'\\}`, times: 2 }),
    texts.get({ of: 'NULL', times: 3 }),
  ]);
  t.same(one, Array(4).fill({ said: 'a', n: 2 }));
  t.same(
    [two, odd],
    [
      { said: `{"b",'c'\\}`, n: 3 },
      { said: 'NULL', n: 4 },
    ],
  );
  t.equal(await user.get({ id: 7 }), undefined);
});

t.test('readings that find no connection wait, and too many are refused', { skip: noPostgres }, async (t) => {
  const { store, enter } = await opened(t, { connections: 3, maxWaitingQuick: 3 });
  const names = asked(store.questions);
  await enter('Ann');
  const { promise: held, resolve: release } = Promise.withResolvers<void>();
  const holding = [1, 2].map(() =>
    store.reading(async () => {
      await names();
      await held;
      return names();
    }),
  );
  // Both have a connection once a question beside them waits for one.
  const beside = Array.from({ length: 6 }, () => store.reading(names));
  const refused = beside.map((one) =>
    one.then(
      () => null,
      (error: unknown) => error,
    ),
  );
  t.match((await Promise.race(refused)) as object, { code: 'OVERLOADED', retryMs: Number }, 'at once');
  release();
  t.equal((await Promise.all(refused)).filter((error) => error === null).length, 3, 'the others when it is their turn');
  t.same(await Promise.all(holding), [['Ann'], ['Ann']]);
});

t.test('while PostgreSQL is away questions are refused, and then answered again', { skip: noPostgres }, async (t) => {
  const { store, enter } = await opened(t);
  const names = asked(store.questions);
  await enter('Ann');
  t.same(await names(), ['Ann']);
  const began = Promise.withResolvers<void>();
  const ended = Promise.withResolvers<void>();
  const reading = store.reading(async () => {
    await names();
    began.resolve();
    await ended.promise;
    return names();
  });
  await began.promise;
  await postgres?.crash();
  ended.resolve();
  await t.rejects(reading, { code: 'OVERLOADED' });
  t.same(await store.reading(names), ['Ann']);
});

t.test('servers share a database, and nobody takes it from under them', { skip: noPostgres }, async (t) => {
  const url = (await postgres?.database()) ?? '';
  let epochs = 0;
  const newEpoch = () => `epoch ${++epochs}`;
  const [one, two] = await Promise.all([opened(t, { url, newEpoch }), opened(t, { url, newEpoch })]);
  t.same([one.store.epoch, two.store.epoch], ['epoch 1', 'epoch 1']);
  t.ok((await one.store.size()).database > 1_000_000);
  await t.rejects(connect(url), { name: 'StartError', message: /is in use by another Parley/ });
  await one.write('delete from parley_migrations');
  await t.rejects(openPostgres({ url, newEpoch, now: Date.now }), {
    message: /is in use by a Parley of another version/,
  });
  await one.write(`insert into parley_migrations (id, name) values ($1, 'again')`, [migrations.at(-1)?.id]);
  await Promise.all([one.store.close(), two.store.close()]);
  const alone = await connect(url);
  await t.rejects(openPostgres({ url, newEpoch, now: Date.now }), { message: /is in use by another Parley alone/ });
  await alone.end();
});
