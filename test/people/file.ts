/** Looks into the file of a running server. */
import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { Test } from 'tap';

export interface OpenFile {
  rows(sql: string, ...params: unknown[]): Record<string, number | string | null>[];
  count(table: string, where?: string, ...params: unknown[]): number;
  /** How many words the search index holds, those that say where a message is among them. */
  words(): number;
  /** Lets go of it: the server's last checkpoint then leaves no log behind. */
  close(): void;
  /** Resolves when no job is under way. */
  idle(): Promise<void>;
}

const PATIENCE_MS = 60_000;

export function openFile(t: Test, folder: string): OpenFile {
  const database = new Database(join(folder, 'parley.db'), { readonly: true });
  t.teardown(() => database.close());
  const file: OpenFile = {
    rows: (sql, ...params) => database.prepare(sql).all(...params) as ReturnType<OpenFile['rows']>,
    count: (table, where = '1', ...params) =>
      Number(file.rows(`select count(*) as count from ${table} where ${where}`, ...params)[0]?.count),
    words: () => {
      database.exec(`create virtual table if not exists temp.words using fts5vocab('main', 'search', 'row')`);
      return Number(file.rows('select count(*) as count from words')[0]?.count);
    },
    close: () => database.close(),
    idle: async () => {
      const until = Date.now() + PATIENCE_MS;
      while (file.count('jobs') > 0) {
        if (Date.now() > until) throw new Error('a job does not end');
        await new Promise((resolve) => setImmediate(resolve));
      }
    },
  };
  return file;
}
