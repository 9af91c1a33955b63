/** PostgreSQL as one end of a transfer. */

import type { ColumnKind } from '../column-kinds.ts';
import { COLUMN_TYPES } from '../postgres/column-types.ts';
import { connect, type PostgresClient } from '../postgres/connect.ts';
import { kept } from '../postgres/kept.ts';
import { migrate } from '../postgres/migrate.ts';
import { keptSecret, replaceSecret } from '../postgres/shared-secret.ts';
import { transaction } from '../postgres/transaction.ts';
import { StartError } from '../start-error.ts';
import type { Origin, Source, Target } from './side.ts';
import { columnList, keyList, metaTable, quoted, type Row, type Table, tables, type Value } from './table.ts';

/** How a value is read so that it is as SQLite keeps it. */
const READ: Readonly<Record<ColumnKind, (name: string) => string>> = {
  integer: (name) => name,
  boolean: (name) => `${name}::int`,
  real: (name) => name,
  text: (name) => name,
  json: (name) => `${name}::text`,
};

class PostgresSide {
  protected readonly client: PostgresClient;

  constructor(client: PostgresClient) {
    this.client = client;
  }

  async count(table: Table): Promise<number> {
    const { rows } = await this.client.query(`select count(*) as count from ${quoted(table.name)}`);
    return rows[0].count;
  }

  async rows(table: Table, after: Row | null, limit: number): Promise<Row[]> {
    const columns = table.columns.map(({ name, kind }) => READ[kind](quoted(name))).join(', ');
    const keys = keyList(table);
    const behind = after === null ? '' : `where (${keys}) > (${after.map((_, index) => `$${index + 2}`).join(', ')})`;
    const text = `select ${columns} from ${quoted(table.name)} ${behind} order by ${keys} limit $1`;
    const { rows } = await this.client.query({ text, values: [limit, ...(after ?? [])], rowMode: 'array' });
    return rows;
  }

  async close(): Promise<void> {
    await this.client.end();
  }

  protected async isThere(table: string): Promise<boolean> {
    const { rows } = await this.client.query('select to_regclass($1) is not null as there', [quoted(table)]);
    return rows[0].there;
  }
}

class PostgresSource extends PostgresSide implements Source {
  async meta(): Promise<Row> {
    const [row] = (await this.isThere(metaTable.name)) ? await this.rows(metaTable, null, 1) : [];
    if (row === undefined) throw new StartError('The PostgreSQL database holds no Parley database, or half a one.');
    return row;
  }

  async secret(): Promise<Buffer | null> {
    return (await this.isThere('server_secret')) ? keptSecret(this.client) : null;
  }
}

/**
 * What keeps tables sound or quick to search is taken away while they are filled, and made again at the end, each from
 * PostgreSQL's own words about it: the keys by which a transfer goes on stay.
 */
const LATER = `
  select 1 as place, format('drop index %I', i.relname) as now, pg_get_indexdef(i.oid) as later
  from pg_index x join pg_class i on i.oid = x.indexrelid join pg_class t on t.oid = x.indrelid
  where t.relnamespace = current_schema()::regnamespace and t.relname = any($1)
    and not exists (select from pg_constraint where conindid = i.oid and contype <> 'f')
  union all
  select 2, format('alter table %I drop constraint %I', t.relname, c.conname),
    format('alter table %I add constraint %I %s', t.relname, c.conname, pg_get_constraintdef(c.oid))
  from pg_constraint c join pg_class t on t.oid = c.conrelid
  where c.contype = 'f' and t.relnamespace = current_schema()::regnamespace and t.relname = any($1)
  order by 1, 3`;

const NAMES = [...tables, metaTable].map(({ name }) => name);

class PostgresTarget extends PostgresSide implements Target {
  keeps(value: Value): Value {
    return kept(value);
  }

  async begin(origin: Origin): Promise<boolean> {
    const { client } = this;
    if ((await this.isThere(metaTable.name)) && (await this.count(metaTable)) > 0) {
      throw new StartError('The PostgreSQL database holds a Parley database already: name an empty one.');
    }
    await migrate(client);
    // What a crash of PostgreSQL takes away is not there the next time either: it is copied again.
    await client.query('set synchronous_commit = off');
    return transaction(client, async () => {
      await client.query(
        'create table if not exists parley_transfer (epoch text, position bigint, later json not null)',
      );
      const { rows } = await client.query('select epoch, position from parley_transfer');
      const [begun] = rows;
      if (begun?.epoch === origin.epoch && begun.position === origin.position) return true;
      await client.query(`truncate ${NAMES.map(quoted).join(', ')}`);
      if (begun === undefined) await this.lighten();
      await client.query('update parley_transfer set epoch = $1, position = $2', [origin.epoch, origin.position]);
      return false;
    });
  }

  private async lighten(): Promise<void> {
    const { rows } = await this.client.query(LATER, [NAMES]);
    for (const { now } of rows) await this.client.query(now);
    const later = JSON.stringify(rows.map((row) => row.later));
    await this.client.query('insert into parley_transfer (later) values ($1)', [later]);
  }

  async keepSecret(secret: Buffer): Promise<void> {
    await replaceSecret(this.client, secret);
  }

  async lastKey(table: Table): Promise<Row | null> {
    const keys = keyList(table);
    const last = keys.replaceAll(/(,|$)/g, ' desc$1');
    const text = `select ${keys} from ${quoted(table.name)} order by ${last} limit 1`;
    const { rows } = await this.client.query({ text, rowMode: 'array' });
    return rows[0] ?? null;
  }

  /** One statement with an array a column, whatever the number of rows. */
  async put(table: Table, rows: readonly Row[]): Promise<void> {
    const arrays = table.columns.map(({ kind }, index) => `$${index + 1}::${COLUMN_TYPES[kind]}[]`).join(', ');
    const values = table.columns.map((_, index) => rows.map((row) => row[index]));
    const into = `insert into ${quoted(table.name)} (${columnList(table)})`;
    await this.client.query(`${into} select * from unnest(${arrays})`, values);
  }

  async spoil(): Promise<void> {
    await this.client.query('update parley_transfer set epoch = null');
  }

  async finish(meta: Row, onStep: (share: number) => void): Promise<void> {
    const { client } = this;
    await client.query('set synchronous_commit = on');
    await transaction(client, async () => {
      const { rows } = await client.query('select later from parley_transfer');
      const later: string[] = rows[0].later;
      for (const [index, statement] of later.entries()) {
        onStep(index / later.length);
        await client.query(statement);
      }
      await client.query('drop table parley_transfer');
      await this.put(metaTable, [meta]);
    });
    await client.query('analyze');
  }
}

/** The database stays as it is, and is this process's alone meanwhile. */
export async function postgresSource(url: string): Promise<Source> {
  const client = await connect(url);
  return new PostgresSource(client);
}

/** An empty database, or one whose filling was cut off. */
export async function postgresTarget(url: string): Promise<Target> {
  const client = await connect(url);
  return new PostgresTarget(client);
}
