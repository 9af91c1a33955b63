/**
 * Brings a file to the newest schema. Not Drizzle's own runner: that one opens a transaction first, in which
 * `PRAGMA foreign_keys = OFF` is ignored, so that rebuilding a table deletes the rows that refer to it.
 */
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type Database from 'better-sqlite3';
import { migrations as known } from './migrations.ts';
import { StartError } from './start-error.ts';

/** 'Prly' as SQLite's application id: tells our files from any other's. */
export const APPLICATION_ID = 0x50726c79;

/** What this Parley writes, as `user_version`. */
export const NEWEST_SCHEMA = Math.max(...known.map(({ id }) => id));

export interface Migration {
  id: number;
  name: string;
  sql: readonly string[];
}

/**
 * Runs what is missing, all of it in one transaction, and gives the path of the copy kept aside (null when there was
 * nothing to keep). Interrupted anywhere, the file is as it was before.
 */
export function migrate(
  database: Database.Database,
  folder: string,
  migrations: readonly Migration[] = known,
): string | null {
  const version = database.pragma('user_version', { simple: true }) as number;
  const missing = migrations.filter((migration) => migration.id > version);
  const newest = missing.at(-1);
  if (newest === undefined) return null;
  const kept = version === 0 ? null : keepCopy(database, folder, version);
  const before = rowCounts(database);
  database.pragma('foreign_keys = OFF');
  try {
    database.exec('BEGIN IMMEDIATE');
    for (const statement of missing.flatMap((migration) => migration.sql)) database.exec(statement);
    const orphans = database.pragma('foreign_key_check') as unknown[];
    if (orphans.length > 0) throw new StartError(`Migration "${newest.name}" would leave rows that refer to nothing.`);
    const after = rowCounts(database);
    for (const [table, had] of before) {
      const lost = had - (after.get(table) ?? 0);
      if (lost > 0) throw new StartError(`Migration "${newest.name}" would lose ${lost} rows of ${table}.`);
    }
    database.pragma(`user_version = ${newest.id}`);
    database.pragma(`application_id = ${APPLICATION_ID}`);
    database.exec('COMMIT');
  } catch (error) {
    if (database.inTransaction) database.exec('ROLLBACK');
    if (error instanceof StartError) throw error;
    const why = (error as Error).message;
    throw new StartError(`Migration "${newest.name}" failed (${why}): the database is as it was.`, { cause: error });
  } finally {
    database.pragma('foreign_keys = ON');
  }
  return kept;
}

function keepCopy(database: Database.Database, folder: string, version: number): string {
  const backups = join(folder, 'backups');
  const stamp = new Date().toISOString().replaceAll(/[:.]/g, '-');
  const file = join(backups, `before-migration-from-${version}-${stamp}.db`);
  // Half a copy, where it is cut off, has not the name of a whole one.
  const partial = `${file}.partial`;
  try {
    mkdirSync(backups, { recursive: true, mode: 0o700 });
    closeSync(openSync(partial, 'wx', 0o600));
    database.prepare('VACUUM INTO ?').run(partial);
    syncFile(partial);
    renameSync(partial, file);
  } catch (error) {
    if (existsSync(partial)) rmSync(partial);
    throw new StartError(`No copy could be kept before migrating (${(error as Error).message}).`, { cause: error });
  }
  return file;
}

/** SQLite leaves this to whoever wants the copy to survive a power cut. */
function syncFile(file: string): void {
  const descriptor = openSync(file, 'r+');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function rowCounts(database: Database.Database): Map<string, number> {
  // Not those of the search index: it is made anew where it has to be.
  const tables = database
    .prepare("select name from pragma_table_list where schema = 'main' and type = 'table' and name not like 'sqlite_%'")
    .pluck()
    .all() as string[];
  return new Map(
    tables.map((name) => [name, database.prepare(`select count(*) from "${name}"`).pluck().get() as number]),
  );
}
