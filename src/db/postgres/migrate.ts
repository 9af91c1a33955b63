/** Brings a PostgreSQL database to the newest schema, all that is missing in one transaction. */
import { StartError } from '../start-error.ts';
import type { PostgresClient } from './connect.ts';
import { migrations } from './migrations.ts';
import { transaction } from './transaction.ts';

/** Throws {@link StartError} and changes nothing where others' tables are, or those of a newer Parley. */
export async function migrate(client: PostgresClient): Promise<void> {
  const newest = migrations.at(-1)?.id ?? 0;
  await transaction(client, async () => {
    const version = await versionOf(client);
    if (version > newest) {
      throw new StartError(
        `The PostgreSQL database was written by a newer Parley (schema ${version}, this one knows ${newest}).`,
      );
    }
    for (const { id, name, sql } of migrations) {
      if (id <= version) continue;
      for (const statement of sql) await client.query(statement);
      await client.query('insert into parley_migrations (id, name) values ($1, $2)', [id, name]);
    }
  });
}

/** Whether there is nothing to migrate. */
export async function isNewest(client: PostgresClient): Promise<boolean> {
  const { rows } = await client.query(`select to_regclass('parley_migrations') is not null as there`);
  if (rows[0].there !== true) return false;
  return (await versionOf(client)) === (migrations.at(-1)?.id ?? 0);
}

async function versionOf(client: PostgresClient): Promise<number> {
  const there = await client.query(
    `select relname from pg_class where relnamespace = current_schema()::regnamespace and relkind in ('r', 'p')`,
  );
  const tables = there.rows.map(({ relname }) => String(relname));
  if (!tables.includes('parley_migrations')) {
    if (tables.length > 0) {
      throw new StartError(`The PostgreSQL database holds other tables (${tables[0]}): name an empty one.`);
    }
    await client.query(
      'create table parley_migrations (id integer primary key, name text not null, at timestamptz not null default now())',
    );
  }
  const { rows } = await client.query('select coalesce(max(id), 0) as version from parley_migrations');
  return rows[0].version;
}
