/** The server's own signing secret: made on the first start, kept in the data folder, part of every backup. */
import { createHmac, randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, statSync, writeSync } from 'node:fs';
import { platform } from 'node:os';
import { join } from 'node:path';
import { StartError } from '../../db/start-error.ts';

const SECRET_BYTES = 32;
const OTHERS = 0o077;

/**
 * Reads the secret of a data folder that is locked already, or makes it. Throws a {@link StartError} when others can
 * read it, or when it is not whole.
 */
export function readOrMakeSecret(folder: string): Buffer {
  const file = join(folder, 'secret');
  const stat = statSync(file, { throwIfNoEntry: false });
  if (stat === undefined) return make(file);
  if (platform() !== 'win32' && (stat.mode & OTHERS) !== 0) {
    throw new StartError(
      `${file} can be read by other users of this machine: chmod 600 it, or remove it to sign all out.`,
    );
  }
  const text = readFileSync(file, 'utf8').trim();
  if (!/^[0-9a-f]*$/.test(text) || text.length < SECRET_BYTES * 2) {
    throw new StartError(`${file} is too short or damaged: put it back from a backup, or remove it to sign all out.`);
  }
  return Buffer.from(text, 'hex');
}

/** Whole or not there: a start that is cut off in the middle must not leave half a secret. */
function make(file: string): Buffer {
  const secret = randomBytes(SECRET_BYTES);
  const draft = `${file}.new`;
  const descriptor = openSync(draft, 'w', 0o600);
  try {
    writeSync(descriptor, `${secret.toString('hex')}\n`);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  renameSync(draft, file);
  return secret;
}

type Purpose =
  | 'own-token'
  | 'refresh'
  | 'ticket'
  | 'sealed'
  | 'bot-reply'
  | 'webhook'
  | 'push'
  | 'unsubscribe'
  | 'recovery'
  | 'search'
  | 'files';

/** A key of its own for each purpose, so that what one signs is never good for another. */
export function keyFor(secret: Buffer, purpose: Purpose): Buffer {
  return createHmac('sha256', secret).update(purpose).digest();
}

/** Whose the files are that lie in a shared place: told by what stays over restores and moves. */
export function ownerOfFiles(secret: Buffer): string {
  return keyFor(secret, 'files').toString('hex');
}
