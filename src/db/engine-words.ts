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

/**
 * A whole number of a JSON object that a column holds.
 *
 * @param path names with dots between them
 */
export function numberIn({ engine }: Asked, column: AnyColumn, path: string): SQL<number> {
  return engine === 'sqlite'
    ? sql`json_extract(${column}, ${sql.raw(`'$.${path}'`)})`
    : sql`(${column} #>> ${sql.raw(`'{${path.replaceAll('.', ',')}}'`)})::bigint`;
}

/** Whether a column holds what is given, which may be null: in PostgreSQL no index tells it. */
export function same({ engine }: Asked, column: AnyColumn, given: unknown): SQL {
  return engine === 'sqlite' ? sql`${column} is ${given}` : sql`${column} is not distinct from ${given}`;
}

/** Whether a column holds one of the keys that are given as a JSON array: as one value, so that one text fits any number. */
export function among({ engine }: Asked, column: AnyColumn, given: unknown): SQL {
  return engine === 'sqlite'
    ? sql`${column} in (select value from json_each(${given}))`
    : sql`${column} = any(array(select value::bigint from json_array_elements_text(${given})))`;
}

/** Joins two tables in the order in which they stand. PostgreSQL decides by itself. */
export function joinInOrder({ engine }: Asked): string {
  return engine === 'sqlite' ? 'cross join' : 'join';
}
