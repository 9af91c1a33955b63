/** SQLite answers readings: each question is a prepared statement over one connection, answered at once. */
import type Database from 'better-sqlite3';
import type { Reader } from './open.ts';
import { buildersOf, type Engine, type Question, type Questions } from './questions.ts';

export function sqliteQuestions(db: Reader): Questions {
  return {
    engine: 'sqlite',
    ...buildersOf(db),
    inWords<Given, Row>(text: string | Readonly<Record<Engine, string>>): Question<Given, Row> {
      return db.$client.prepare<[Given], Row>(typeof text === 'string' ? text : text.sqlite);
    },
  };
}

/**
 * Gives a function that has readings look at one state of the file, however many questions each asks. Those that are under
 * way together share a transaction: as every answer is there at once, a reading is over in the turn of the loop that it
 * began in, and nothing is committed before that.
 */
export function oneState(client: Database.Database): <T>(read: () => Promise<T>) => Promise<T> {
  const begin = client.prepare('begin');
  const end = client.prepare('commit');
  let underWay = 0;
  return async (read) => {
    if (underWay === 0) begin.run();
    underWay += 1;
    try {
      return await read();
    } finally {
      underWay -= 1;
      if (underWay === 0) end.run();
    }
  };
}
