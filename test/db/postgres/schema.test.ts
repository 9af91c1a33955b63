/** The tables of both stores, as each has really made them of its migrations: column by column the same. */
import Database from 'better-sqlite3';
import t from 'tap';
import { migrations } from '../../../src/db/migrations.ts';
import { connect } from '../../../src/db/postgres/connect.ts';
import { migrate } from '../../../src/db/postgres/migrate.ts';
import { migrations as ofPostgres } from '../../../src/db/postgres/migrations.ts';
import { noPostgres, queried, startPostgres } from './server.ts';

interface Column {
  table: string;
  name: string;
  type: string;
  /** Whether it may be absent. */
  null: boolean;
  default: string | null;
}

interface Index {
  table: string;
  name: string;
  unique: boolean;
  columns: string;
  where: string | null;
}

interface Reference {
  table: string;
  column: string;
  to: string;
  key: string;
  onDelete: string;
}

interface Schema {
  columns: Column[];
  keys: Record<string, string>;
  indexes: Index[];
  references: Reference[];
  checks: Record<string, string>;
}

const MADE_BY_SQLITE = `name not like 'sqlite_%'`;
/** What PostgreSQL alone has. */
const BOOKKEEPING = `('parley_migrations', 'servers', 'publications', 'server_secret', 'passing', 'last_batches')`;

/** What SQLite keeps booleans and JSON as. */
const AS_IN_SQLITE: Readonly<Record<string, string>> = {
  bigint: 'INTEGER',
  boolean: 'INTEGER',
  'double precision': 'REAL',
  text: 'TEXT',
  json: 'TEXT',
};

/** A condition without what either store adds to it or writes in its own way. */
function plain(condition: string, table: string): string {
  return condition
    .toLowerCase()
    .replaceAll(/::\w+(\[\])?/g, '')
    .replaceAll(`"${table}".`, '')
    .replaceAll(/ = any \(array\[([^\]]*)\]\)/g, ' in $1')
    .replaceAll(/["()\s]/g, '')
    .replaceAll('!=', '<>')
    .replaceAll(/\b(anonymous|changed)=1/g, '$1');
}

function ofSqlite(): Schema {
  const database = new Database(':memory:');
  for (const { sql } of migrations) for (const statement of sql) database.exec(statement);
  const all = <Row>(sql: string, ...given: unknown[]) => database.prepare(sql).all(...given) as Row[];
  const schema: Schema = { columns: [], keys: {}, indexes: [], references: [], checks: {} };
  const tables = all<{ name: string; sql: string }>(
    `select name, sql from sqlite_schema where type = 'table' and ${MADE_BY_SQLITE}`,
  );
  for (const { name: table, sql } of tables) {
    const info = all<{ name: string; type: string; notnull: number; dflt_value: string | null; pk: number }>(
      'select * from pragma_table_info(?)',
      table,
    );
    for (const { name, type, notnull, dflt_value: value, pk } of info) {
      schema.columns.push({ table, name, type, null: notnull === 0 && pk === 0, default: value });
    }
    const key = info.filter(({ pk }) => pk > 0).sort((a, b) => a.pk - b.pk);
    schema.keys[table] = key.map(({ name }) => name).join();
    const indexes = all<{ name: string; unique: number }>(
      `select name, "unique" from pragma_index_list(?) where origin = 'c'`,
      table,
    );
    for (const { name, unique } of indexes) {
      const columns = all<{ name: string }>('select name from pragma_index_info(?)', name).map((column) => column.name);
      const text = all<{ sql: string }>('select sql from sqlite_schema where name = ?', name)[0]?.sql ?? '';
      const where = / WHERE (.*)$/is.exec(text)?.[1];
      schema.indexes.push({
        table,
        name,
        unique: unique === 1,
        columns: columns.join(),
        where: where === undefined ? null : plain(where, table),
      });
    }
    const references = all<{ from: string; table: string; to: string; on_delete: string }>(
      'select * from pragma_foreign_key_list(?)',
      table,
    );
    for (const { from, table: to, to: other, on_delete: onDelete } of references) {
      schema.references.push({ table, column: from, to, key: other, onDelete });
    }
    for (const [, name = '', condition = ''] of sql.matchAll(/CONSTRAINT "(\w+)" CHECK\s*\((.*)\),?$/gm)) {
      schema.checks[name] = plain(condition, table);
    }
  }
  database.close();
  return schema;
}

async function ofDatabase(url: string): Promise<Schema> {
  return queried(url, async (client) => {
    const all = async <Row>(sql: string) => (await client.query(sql)).rows as Row[];
    const columns = await all<{
      table: string;
      name: string;
      type: string;
      may: string;
      value: string;
      collation: string;
    }>(
      `select table_name as "table", column_name as name, data_type as type, is_nullable as may,
        column_default as value, collation_name as collation
       from information_schema.columns where table_schema = 'public' and table_name not in ${BOOKKEEPING}`,
    );
    t.same(
      columns.filter(({ type, collation }) => type === 'text' && collation !== 'C'),
      [],
      'texts are ordered by their bytes',
    );
    const named = (list: string, table: string) =>
      `(select string_agg(a.attname, ',' order by k.place) from unnest(${list}) with ordinality k (attnum, place)
        join pg_attribute a on a.attrelid = ${table} and a.attnum = k.attnum)`;
    const keys = await all<{ table: string; key: string }>(
      `select conrelid::regclass::text as "table", ${named('conkey', 'conrelid')} as key
       from pg_constraint where contype = 'p' and connamespace = 'public'::regnamespace
         and conrelid::regclass::text not in ${BOOKKEEPING}`,
    );
    const indexes = await all<{ table: string; name: string; unique: boolean; columns: string; where: string | null }>(
      `select indrelid::regclass::text as "table", indexrelid::regclass::text as name, indisunique as unique,
        ${named('indkey::int2[]', 'indrelid')} as columns, pg_get_expr(indpred, indrelid) as "where"
       from pg_index join pg_class c on c.oid = indrelid
       where c.relnamespace = 'public'::regnamespace and not indisprimary and c.relname not in ${BOOKKEEPING}`,
    );
    const references = await all<Reference>(
      `select conrelid::regclass::text as "table", ${named('conkey', 'conrelid')} as column,
        confrelid::regclass::text as "to", ${named('confkey', 'confrelid')} as key,
        case confdeltype when 'c' then 'CASCADE' else 'NO ACTION' end as "onDelete"
       from pg_constraint where contype = 'f'`,
    );
    const checks = await all<{ table: string; name: string; condition: string }>(
      `select conrelid::regclass::text as "table", conname as name, pg_get_constraintdef(oid) as condition
       from pg_constraint where contype = 'c' and conrelid <> 0`,
    );
    return {
      columns: columns.map(({ table, name, type, may, value }) => ({
        table,
        name,
        type: AS_IN_SQLITE[type] ?? type,
        null: may === 'YES',
        default: value === null ? null : value.replace(/::\w+$/, ''),
      })),
      keys: Object.fromEntries(keys.map(({ table, key }) => [table, key])),
      indexes: indexes.map(({ where, ...index }) => ({
        ...index,
        where: where === null ? null : plain(where, index.table),
      })),
      references,
      checks: Object.fromEntries(
        checks.map(({ table, name, condition }) => [name, plain(condition.replace(/^CHECK/, ''), table)]),
      ),
    };
  });
}

/** In an order that does not depend on the store. */
function sorted<T>(list: readonly T[]): T[] {
  const byText = (a: T, b: T) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1);
  return list.toSorted(byText);
}

const postgres = noPostgres ? null : await startPostgres(t);
const newDatabase = () => postgres?.database() ?? Promise.reject(new Error('there is no PostgreSQL'));

t.test('what the migrations of both make is the same', { skip: noPostgres }, async (t) => {
  const url = await newDatabase();
  const client = await connect(url);
  await migrate(client);
  await migrate(client);
  await client.end();
  const [sqlite, other] = [ofSqlite(), await ofDatabase(url)];
  t.same(sorted(other.columns), sorted(sqlite.columns), 'columns: name, type, null, default');
  t.same(other.keys, sqlite.keys, 'primary keys');
  t.same(sorted(other.indexes), sorted(sqlite.indexes), 'indexes: columns in their order, unique, of which rows');
  t.same(sorted(other.references), sorted(sqlite.references), 'what refers to what');
  t.same(other.checks, sqlite.checks, 'checks');
  t.ok(
    sqlite.columns.length > 200 && sqlite.indexes.length > 60 && Object.keys(sqlite.checks).length > 10,
    'all of it',
  );
});

t.test("a database that is another's, or a newer Parley's, is left alone", { skip: noPostgres }, async (t) => {
  const url = await newDatabase();
  const tables = () =>
    queried(url, async (client) => {
      const { rows } = await client.query(
        `select relname from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace`,
      );
      return rows.map(({ relname }) => relname).sort();
    });
  await queried(url, (client) => client.query('create table users (id int)'));
  const client = await connect(url);
  await t.rejects(migrate(client), { name: 'StartError', message: /holds other tables \(users\)/ });
  t.same(await tables(), ['users']);
  await client.query('drop table users');
  await migrate(client);
  const newest = ofPostgres.at(-1)?.id ?? 0;
  await client.query('insert into parley_migrations (id, name) values ($1, $2)', [newest + 1, 'later']);
  await t.rejects(migrate(client), { name: 'StartError', message: /was written by a newer Parley/ });

  await t.rejects(connect(url), { name: 'StartError', message: /is in use by another Parley/ }, 'one at a time');
  await client.end();
  const secret = url.replace('postgres@', 'postgres:hush@').replace(/\/parley\d+\?/, '/nowhere?');
  const error = await connect(secret).catch((told: Error) => told);
  t.match(error, { name: 'StartError', message: /database nowhere on .* cannot be used \(.*does not exist/ });
  t.notMatch(String(error), 'hush');
});
