/**
 * Statements whose plan is made once. Where the value of `= ?` or `LIMIT ?` might lead to a better plan, SQLite compiles the
 * statement anew when another one is bound (https://sqlite.org/c3ref/prepare.html). The driver clears all values after each
 * call, so that every call would pay for a plan, several times what reading a row costs. SQLite does not look into an
 * expression: a sign before the parameter makes it one, and changes neither the value nor which index fits.
 */
import type Database from 'better-sqlite3';

const LOOKED_AT = /(=|\blimit|\boffset)\s*(?=[?$])/gi;

/** Gives the connection, whose statements keep their plans from now on. */
export function withStablePlans(database: Database.Database): Database.Database {
  const prepare = database.prepare.bind(database);
  database.prepare = ((sql: string) => prepare(stable(sql))) as typeof database.prepare;
  return database;
}

function stable(sql: string): string {
  return sql.replace(LOOKED_AT, '$1 +');
}
