/** The signing secret of all servers of a database: in the database, or each would take the others' tokens for forged. */
import type { ClientBase } from 'pg';
import { newSecret, readSecret, secretFile } from '../secret-file.ts';
import { StartError } from '../start-error.ts';

const KEEP = 'insert into server_secret (id, secret) values (1, $1) on conflict do nothing';
const REPLACE = 'insert into server_secret (id, secret) values (1, $1) on conflict (id) do update set secret = $1';
const READ = 'select secret from server_secret';

type Asked = Pick<ClientBase, 'query'>;

/** Null: none was kept yet. */
export async function keptSecret(asked: Asked): Promise<Buffer | null> {
  const { rows } = await asked.query<{ secret: string }>(READ);
  return rows[0] === undefined ? null : Buffer.from(rows[0].secret, 'hex');
}

/** Of a database that is being filled, which nobody serves yet. */
export async function replaceSecret(asked: Asked, secret: Buffer): Promise<void> {
  await asked.query(REPLACE, [secret.toString('hex')]);
}

/**
 * The first server brings what its data folder has, so that a database that was a file before keeps its sessions; or makes
 * one. Throws a {@link StartError} where the folder has another one than the database.
 *
 * @param folder the data folder; undefined: none is asked
 */
export async function sharedSecret(asked: Asked, folder: string | undefined): Promise<Buffer> {
  const here = folder === undefined ? null : readSecret(folder);
  await asked.query(KEEP, [(here ?? newSecret()).toString('hex')]);
  const kept = await keptSecret(asked);
  if (kept === null) throw new Error('the secret was kept, and is not there');
  if (folder !== undefined && here !== null && !here.equals(kept)) {
    throw new StartError(
      `${secretFile(folder)} is another secret than the one that the servers of the database share: take it away, and theirs is used.`,
    );
  }
  return kept;
}
