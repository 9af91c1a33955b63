import type Database from 'better-sqlite3';
import t from 'tap';
import { withoutRowid as threads } from '../../src/db/schema/conversations.ts';
import { withoutRowid as outbox } from '../../src/db/schema/outbox.ts';
import { withoutRowid as people } from '../../src/db/schema/people.ts';
import { integrity, register } from './register.ts';

const WAL_LIMIT_BYTES = 64 * 1024 * 1024;

/** What a connection says of itself. Read after a write: before the first statement SQLite tells what is not so. */
function settings(connection: Database.Database): Record<string, unknown> {
  const names = ['journal_mode', 'synchronous', 'foreign_keys', 'busy_timeout', 'secure_delete', 'query_only'];
  return Object.fromEntries(names.map((name) => [name, connection.pragma(name, { simple: true })]));
}

const durable = { journal_mode: 'wal', synchronous: 2, foreign_keys: 1 };

t.test('every connection is durable, strict about references, and never waits long', async (t) => {
  const { store, writer, enter } = register(t);
  await enter('first');
  const writing = settings(writer.connection);
  const reading = settings(store.reader.$client);
  t.match(writing, { ...durable, secure_delete: 1 });
  t.match(reading, durable);
  for (const { busy_timeout } of [writing, reading]) t.ok(Number(busy_timeout) > 0 && Number(busy_timeout) <= 100);
  t.equal(writer.connection.pragma('journal_size_limit', { simple: true }), WAL_LIMIT_BYTES);

  writer.connection.close();
  await enter('second');
  t.match(settings(writer.connection), { ...durable, secure_delete: 1 }, 'the one opened after a failure too');
});

t.test('the reading connection cannot write', async (t) => {
  const { store, enter, names } = register(t);
  await enter('first');
  t.throws(() => store.reader.$client.exec('delete from users'), { code: 'SQLITE_READONLY' });
  t.same(names(), ['first'], 'what was committed is seen at once');
});

t.test('SQLite is new enough to be trusted with a log', async (t) => {
  const { store } = register(t);
  const version = String(store.reader.$client.prepare('select sqlite_version()').pluck().get());
  const [major = 0, minor = 0, patch = 0] = version.split('.').map(Number);
  t.ok(major * 1_000_000 + minor * 1000 + patch >= 3_051_003, `${version} is at least 3.51.3`);
});

t.test('every table is strict, and clustered by its key where that is the only way in', async (t) => {
  const opened = register(t);
  const tables = opened.store.reader.$client
    .prepare(
      "select name, strict, wr from pragma_table_list where schema = 'main' and type = 'table' and name not like 'sqlite_%'",
    )
    .all() as { name: string; strict: number; wr: number }[];
  t.ok(tables.length >= 14);
  t.same(
    tables.filter(({ strict }) => strict !== 1),
    [],
  );
  t.same(
    tables
      .filter(({ wr }) => wr === 1)
      .map(({ name }) => name)
      .sort(),
    [...outbox, ...people, ...threads].sort(),
  );
  t.same(integrity(opened), ['ok', []]);
});

t.test(
  'a checkpoint empties the log of what takes something away; one that somebody reads beside is made up for',
  async (t) => {
    const { store, enter } = register(t);
    const checkpoint = () => store.checkpoint();
    await enter('first', { alone: true });
    t.ok(store.size().wal > 0);
    checkpoint();
    t.equal(store.size().wal, 0);

    await enter('second');
    const reading = store.reader.$client.prepare('select name from users').iterate();
    reading.next();
    await enter('third', { alone: true });
    checkpoint();
    t.ok(store.size().wal > 0, 'the reader still needs it');
    reading.return?.();
    checkpoint();
    t.equal(store.size().wal, 0, 'though nothing was written since');
  },
);

t.test('checkpoints go on after the writer had to open another connection', async (t) => {
  const { store, writer, enter } = register(t);
  writer.connection.close();
  await enter('first', { alone: true });
  store.checkpoint();
  t.equal(store.size().wal, 0);
});
