/**
 * One process a data folder. The lock is a second SQLite file held in an exclusive transaction: the system lets go
 * of it when the process ends, however it ends, so nothing has to be unlocked by hand after a crash.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { StartError } from './start-error.ts';
import { isBusy } from './storage-trouble.ts';

/** Takes the lock of `folder` or throws {@link StartError} naming the process that holds it. Gives its release. */
export function lockFolder(folder: string, options: { pid: number; nativeBinding?: string }): () => void {
  const holderFile = join(folder, 'parley.pid');
  const database = openLock(join(folder, 'parley.lock'), options.nativeBinding);
  try {
    // In memory, so that the exclusive lock needs no journal beside the file.
    database.pragma('journal_mode = MEMORY');
    database.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    if (isBusy(error)) {
      throw new StartError(
        `The data folder ${folder} is in use by another Parley (${holder(holderFile)}): stop that one first.`,
      );
    }
    throw new StartError(`The data folder ${folder} cannot be locked (${(error as Error).message}).`, { cause: error });
  }
  const release = () => {
    if (database.open) database.close();
  };
  try {
    writeFileSync(holderFile, `${options.pid}\n`);
  } catch (error) {
    release();
    throw new StartError(`${holderFile} cannot be written (${(error as Error).message}).`, { cause: error });
  }
  return release;
}

function openLock(file: string, nativeBinding: string | undefined): Database.Database {
  try {
    return new Database(file, { timeout: 0, ...(nativeBinding === undefined ? {} : { nativeBinding }) });
  } catch (error) {
    throw new StartError(`${file} cannot be opened (${(error as Error).message}).`, { cause: error });
  }
}

function holder(file: string): string {
  try {
    return `process ${readFileSync(file, 'utf8').trim()}`;
  } catch {
    return 'process unknown';
  }
}
