/**
 * PostgreSQL answers readings. Questions are Drizzle's for SQLite, whose columns say what their values become; over
 * Drizzle's own way to hand a text and its values to somebody else.
 */
import { SQLiteAsyncDialect } from 'drizzle-orm/sqlite-core';
import { SQLiteRemoteSession, SqliteRemoteDatabase } from 'drizzle-orm/sqlite-proxy';
import { buildersOf, type Engine, type Question, type Questions } from '../questions.ts';
import { Statement, type Values } from './statement.ts';

/** Has a statement answered by whichever connection is right. */
export type Ask = (statement: Statement, values: Values) => Promise<unknown[][]>;

/** Drizzle's, whose statements throw what happened, and not an error of Drizzle's that tells the values too. */
class Session extends SQLiteRemoteSession<Record<string, never>, Record<string, never>> {
  override prepareQuery: SQLiteRemoteSession<Record<string, never>, Record<string, never>>['prepareQuery'] = (
    ...given
  ) =>
    Object.assign(super.prepareQuery(...given), {
      queryWithCache: <T>(_said: string, _values: unknown, query: () => T): T => query(),
    }) as never;
}

const dialect = new SQLiteAsyncDialect({ casing: 'snake_case' });

export function postgresQuestions(ask: Ask): Questions {
  const statements = new Map<string, Statement>();
  const statementOf = (said: string): Statement => {
    const statement = statements.get(said) ?? new Statement(said);
    statements.set(said, statement);
    return statement;
  };
  const session = new Session(
    async (said, values, method) => {
      const rows = await ask(statementOf(said), values);
      // For one row its type would have a row all the same: Drizzle itself asks whether there is one.
      return { rows: method === 'get' ? (rows[0] as unknown[]) : rows };
    },
    dialect,
    undefined,
  );
  const db = new SqliteRemoteDatabase('async', dialect, session, undefined);
  return {
    engine: 'postgres',
    ...buildersOf(db),
    inWords<Given, Row>(text: string | Readonly<Record<Engine, string>>): Question<Given, Row> {
      const statement = statementOf(typeof text === 'string' ? text : text.postgres);
      const all = async (given: Given): Promise<Row[]> => {
        const named = (given ?? {}) as Record<string, unknown>;
        const rows = await ask(
          statement,
          statement.names.map((name) => named[name] ?? null),
        );
        const columns = statement.columns ?? [];
        return rows.map((row) => Object.fromEntries(columns.map((name, index) => [name, row[index]])) as Row);
      };
      return { all, get: async (given) => (await all(given))[0] };
    },
  };
}
