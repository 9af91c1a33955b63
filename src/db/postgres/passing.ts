/** What is kept for minutes (passing.ts), in a table that all servers share and that no log has: PostgreSQL may lose it. */
import type { Counted, Passing } from '../passing.ts';
import type { Pool } from './pool.ts';

/** What is over goes with what comes. */
const SWEEP = `
  delete from passing where key in (select key from passing where ends_at <= $1 limit 10 for update skip locked)`;
const PUT = `
  insert into passing (key, value, count, ends_at) values ($1, $2, 0, $3)
  on conflict (key) do update set value = excluded.value, count = 0, ends_at = excluded.ends_at`;
const LOOK = 'select value from passing where key = $1 and ends_at > $2';
const TAKE = 'delete from passing where key = $1 returning value, ends_at > $2 as living';
const COUNT = `
  insert into passing as former (key, count, ends_at) values ($1, 1, $3)
  on conflict (key) do update set
    count = case when former.ends_at <= $2 then 1 else former.count + 1 end,
    ends_at = case when former.ends_at <= $2 then excluded.ends_at else former.ends_at end
  returning count, ends_at as "endsAt"`;
const FORGET = 'delete from passing where key = $1';

export class PostgresPassing<T> implements Passing<T> {
  private readonly pool: Pool;
  private readonly kind: string;
  private readonly now: () => number;

  /**
   * @param kind its keys are apart from those of all others
   * @param now wall clock, ms
   */
  constructor(pool: Pool, kind: string, now: () => number) {
    this.pool = pool;
    this.kind = kind;
    this.now = now;
  }

  async put(key: string, value: T, endsAt: number): Promise<void> {
    await this.add(PUT, key, JSON.stringify(value), endsAt);
  }

  async look(key: string): Promise<T | undefined> {
    const [found] = await this.ask<{ value: string }>(LOOK, key, this.now());
    return found === undefined ? undefined : JSON.parse(found.value);
  }

  async take(key: string): Promise<T | undefined> {
    const [found] = await this.ask<{ value: string; living: number }>(TAKE, key, this.now());
    return found?.living === 1 ? JSON.parse(found.value) : undefined;
  }

  async count(key: string, withinMs: number): Promise<Counted> {
    const at = this.now();
    const [counted] = await this.add<Counted>(COUNT, key, at, at + withinMs);
    if (counted === undefined) throw new Error('what was counted has no count');
    return counted;
  }

  async forget(key: string): Promise<void> {
    await this.ask(FORGET, key);
  }

  private ask<Row extends object>(text: string, key: string, ...values: unknown[]): Promise<Row[]> {
    const asked = { text, values: [`${this.kind} ${key}`, ...values] };
    return this.pool.lend(async (connection) => (await connection.query<Row>(asked)).rows);
  }

  private async add<Row extends object>(text: string, key: string, ...values: unknown[]): Promise<Row[]> {
    const swept = this.pool.lend((connection) => connection.query(SWEEP, [this.now()]));
    const [rows] = await Promise.all([this.ask<Row>(text, key, ...values), swept]);
    return rows;
  }
}
