/**
 * How readings ask a store, whatever it keeps its rows in. SQLite answers at once, another store later: whoever asks
 * awaits. A question is worded once with Drizzle; where the engines' words differ, it is worded for each.
 */
import type { BaseSQLiteDatabase } from 'drizzle-orm/sqlite-core';

export type Engine = 'sqlite' | 'postgres';

export type Maybe<T> = T | Promise<T>;

/** A statement that was prepared once: its rows by what is given for its placeholders. */
export interface Question<Given, Row> {
  get(given: Given): Maybe<Row | undefined>;
  all(given: Given): Maybe<Row[]>;
}

type Builders = Pick<BaseSQLiteDatabase<'sync' | 'async', unknown>, 'select' | 'selectDistinct' | 'with' | '$with'>;

export interface Questions extends Builders {
  readonly engine: Engine;
  /**
   * A question in the engine's own words, `$name` for what is given by that name. Its rows are as the driver gives them:
   * numbers, texts, null.
   */
  inWords<Given, Row>(text: string | Readonly<Record<Engine, string>>): Question<Given, Row>;
}

/** The builders of a database of Drizzle's, whichever driver it has: whether an answer is there at once is nobody's affair. */
export function buildersOf(db: object): Builders {
  const builders = db as Builders;
  return {
    select: builders.select.bind(db) as Builders['select'],
    selectDistinct: builders.selectDistinct.bind(db) as Builders['selectDistinct'],
    $with: builders.$with,
    with: builders.with.bind(db),
  };
}
