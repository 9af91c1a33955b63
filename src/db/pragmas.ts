/** What every connection is told before its first statement. */
import Database from 'better-sqlite3';
import { addIndexedText } from './search-index.ts';
import { withStablePlans } from './stable-plans.ts';
import { StartError } from './start-error.ts';

/** The driver waits by putting the whole process to sleep: keep it short and try again from JavaScript. */
const BUSY_TIMEOUT_MS = 25;
const WAL_CHECKPOINT_PAGES = 2_000;
const WAL_LIMIT_BYTES = 64 * 1024 * 1024;
const CACHE_KIB = 32 * 1024;

export interface ConnectionOptions {
  nativeBinding?: string;
  fileMustExist?: boolean;
}

/**
 * Opens the connection that writes. `synchronous` is set by hand: the driver is built with NORMAL for WAL files,
 * which loses acknowledged rows at a power cut.
 */
export function openForWriting(file: string, options: ConnectionOptions = {}): Database.Database {
  const database = withStablePlans(new Database(file, { timeout: BUSY_TIMEOUT_MS, ...options }));
  try {
    prepareForWriting(database, file);
  } catch (error) {
    database.close();
    throw error;
  }
  return database;
}

function prepareForWriting(database: Database.Database, file: string): void {
  const mode = database.pragma('journal_mode = WAL', { simple: true });
  if (mode !== 'wal') {
    throw new StartError(
      `${file} cannot use write-ahead logging here (SQLite answers "${String(mode)}"): ` +
        'keep the data folder on a local file system.',
    );
  }
  database.pragma('synchronous = FULL');
  database.pragma('foreign_keys = ON');
  database.pragma('secure_delete = ON');
  database.pragma(`wal_autocheckpoint = ${WAL_CHECKPOINT_PAGES}`);
  database.pragma(`journal_size_limit = ${WAL_LIMIT_BYTES}`);
  database.pragma(`cache_size = -${CACHE_KIB}`);
  database.pragma('temp_store = MEMORY');
  addIndexedText(database);
}

/** Opens a connection that can only read. */
export function openForReading(file: string, options: ConnectionOptions = {}): Database.Database {
  const own = { readonly: true, fileMustExist: true, timeout: BUSY_TIMEOUT_MS };
  const database = withStablePlans(new Database(file, { ...own, ...options }));
  database.pragma('synchronous = FULL');
  database.pragma('foreign_keys = ON');
  database.pragma(`cache_size = -${CACHE_KIB}`);
  database.pragma('temp_store = MEMORY');
  return database;
}
