/**
 * What is kept beside the database while it is filled. An import has messages in their order, and the index that is made
 * of them; a transfer from another store has all of it. One that was killed leaves them behind, with what people wrote in
 * them.
 */
import { rmSync } from 'node:fs';
import { join } from 'node:path';

export const STAGING = 'import-in-progress.db';
export const INDEX_ASIDE = 'index-in-progress.db';
export const TRANSFER = 'transfer-in-progress.db';

/**
 * Takes them away, once a database is opened beside them; whoever does holds the folder's lock, so that nobody works with
 * them.
 */
export function removeLeftOver(folder: string): void {
  for (const name of [STAGING, INDEX_ASIDE, TRANSFER]) {
    for (const suffix of ['', '-journal', '-wal', '-shm']) rmSync(join(folder, name + suffix), { force: true });
  }
}
