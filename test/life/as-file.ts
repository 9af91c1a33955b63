/** A file where a test has it made or read by SQLite, and the server has a database in PostgreSQL: by `parley migrate`. */
import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Test } from 'tap';
import { runParley } from '../cli/parley.ts';
import { databaseOf } from '../database.ts';

async function moved(from: string, to: string): Promise<void> {
  const { code, err } = await runParley(['migrate', '--from', from, '--to', to]);
  if (code !== 0) throw new Error(err);
}

/** What was laid into a folder's file is what its servers will have. */
export async function fromFile(folder: string): Promise<void> {
  const url = await databaseOf(folder, null, 'template0');
  if (url !== undefined) await moved(`sqlite:${folder}`, url);
}

/**
 * What a server has stored, as a file that nobody else uses. No server runs on the folder; one that was killed is to
 * recover the original itself.
 *
 * @returns the file's path
 */
export async function asFile(t: Test, folder: string): Promise<string> {
  const copy = mkdtempSync(join(tmpdir(), 'parley-as-file-'));
  t.teardown(() => rmSync(copy, { recursive: true, force: true }));
  const url = await databaseOf(folder, null);
  const names = url === undefined ? ['parley.db', 'parley.db-wal'] : [];
  for (const name of names) if (existsSync(join(folder, name))) copyFileSync(join(folder, name), join(copy, name));
  if (url !== undefined) await moved(url, `sqlite:${copy}`);
  return join(copy, 'parley.db');
}
