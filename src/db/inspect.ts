/** A look at a file before anything is written to it: is it ours, whole, and not from a newer Parley? */
import { existsSync, statSync } from 'node:fs';
import Database from 'better-sqlite3';
import { APPLICATION_ID, NEWEST_SCHEMA } from './migrate.ts';
import { type ConnectionOptions, openForReading } from './pragmas.ts';
import { StartError } from './start-error.ts';

/** Beyond this size a whole check would take longer than a start may: `parley check` does it then. */
const CHECKED_BYTES = 512 * 1024 * 1024;

/** Throws {@link StartError} when the file must not be opened for writing. A missing file is fine. */
export function inspect(file: string, options: ConnectionOptions = {}): void {
  if (!existsSync(file)) return;
  const stats = statSync(file);
  if (!stats.isFile()) throw new StartError(`${file} is not a file: move it away.`);
  const { size } = stats;
  if (size === 0) {
    throw new StartError(`${file} is empty: restore a backup, or move it away to begin anew.`);
  }
  let database: Database.Database | undefined;
  try {
    database = openToLook(file, options);
    look(database, file, size);
  } catch (error) {
    if (error instanceof StartError) throw error;
    throw new StartError(`${file} cannot be read (${(error as Error).message}): ${advice(file)}.`);
  } finally {
    database?.close();
  }
}

function advice(file: string): string {
  const log = `${file}-wal`;
  return existsSync(log) ? `restore a backup, and take away ${log}, which would spoil it` : 'restore a backup';
}

/**
 * A reading connection leaves an empty log beside the file. One that could write takes it away again at its end, and
 * writes nothing as long as there is nothing left over that it would have to bring into the file.
 */
function openToLook(file: string, options: ConnectionOptions): Database.Database {
  const leftOver = existsSync(`${file}-wal`) || existsSync(`${file}-journal`);
  return leftOver ? openForReading(file, options) : new Database(file, { fileMustExist: true, ...options });
}

function look(database: Database.Database, file: string, size: number): void {
  const application = database.pragma('application_id', { simple: true });
  const version = database.pragma('user_version', { simple: true }) as number;
  const tables = database.prepare('select count(*) from sqlite_schema').pluck().get() as number;
  const empty = application === 0 && tables === 0;
  if (application !== APPLICATION_ID && !empty) throw new StartError(`${file} is not a Parley database.`);
  if (version > NEWEST_SCHEMA) {
    throw new StartError(
      `${file} was written by a newer Parley (schema ${version}, this one knows ${NEWEST_SCHEMA}): start that one.`,
    );
  }
  if (size > CHECKED_BYTES) return;
  const verdict = database.pragma('quick_check(1)', { simple: true });
  if (verdict !== 'ok') {
    const finding = String(verdict)
      .split('\n')
      .find((line) => !line.startsWith('***'));
    throw new StartError(`${file} is damaged (${finding}): ${advice(file)}.`);
  }
}
