/** What the engines say in words of their own, for questions that are worded once for both. */
import { type AnyColumn, type SQL, sql } from 'drizzle-orm';
import type { Questions } from './questions.ts';

type Asked = Pick<Questions, 'engine'>;

/** A condition by which SQLite is not to look rows up: another index finds fewer. PostgreSQL decides by itself. */
export function unlooked({ engine }: Asked, condition: SQL): SQL {
  return engine === 'sqlite' ? sql`+(${condition})` : condition;
}

/** Whether a column is true: in the words of the partial indexes, which an asked value would not match. */
export function isTrue({ engine }: Asked, column: AnyColumn): SQL {
  return engine === 'sqlite' ? sql`${column} = 1` : sql`${column}`;
}

/** A number of a JSON object that a column holds. */
export function numberIn({ engine }: Asked, column: AnyColumn, name: string): SQL<number> {
  return engine === 'sqlite'
    ? sql`json_extract(${column}, ${sql.raw(`'$.${name}'`)})`
    : sql`(${column} ->> ${sql.raw(`'${name}'`)})::bigint`;
}

/** Whether a column holds what is given, which may be null. */
export function same({ engine }: Asked, column: AnyColumn, given: unknown): SQL {
  return engine === 'sqlite' ? sql`${column} is ${given}` : sql`${column} is not distinct from ${given}`;
}
