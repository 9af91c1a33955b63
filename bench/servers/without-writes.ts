/**
 * Loaded into a Parley (`node --import`) that is to be measured without its store: once asked to `forget`, nothing that
 * it writes reaches SQLite any more, no transaction is begun and nothing is committed. All else runs as ever: what a
 * batch needs is still loaded and judged. What is missing is the price of keeping.
 */
import Database from 'better-sqlite3';
import { answering } from '../process/asking.ts';

const WRITES = /^\s*(insert|update|delete)\b/i;
const TRANSACTIONS = /^\s*(begin|commit|rollback)\b/i;
const NOTHING = { changes: 0, lastInsertRowid: 0 };

let forgetting = false;

const driver = Database.prototype;
const { prepare, exec } = driver;

driver.prepare = function prepareOrForget(this: Database.Database, source: string) {
  const statement = prepare.call(this, source);
  if (WRITES.test(source)) {
    const run = statement.run.bind(statement) as (...values: unknown[]) => Database.RunResult;
    statement.run = (...values: unknown[]) => (forgetting ? NOTHING : run(...values));
  }
  return statement;
} as typeof prepare;

driver.exec = function execOrForget(this: Database.Database, source: string) {
  return forgetting && TRANSACTIONS.test(source) ? this : exec.call(this, source);
};

answering({
  forget: () => {
    forgetting = true;
    return true;
  },
});
