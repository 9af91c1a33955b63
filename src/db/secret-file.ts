/** The server's own signing secret as a data folder keeps it: part of every backup. */
import { randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, statSync, writeSync } from 'node:fs';
import { platform } from 'node:os';
import { join } from 'node:path';
import { StartError } from './start-error.ts';

const SECRET_BYTES = 32;
const OTHERS = 0o077;

export function newSecret(): Buffer {
  return randomBytes(SECRET_BYTES);
}

export function secretFile(folder: string): string {
  return join(folder, 'secret');
}

/** Null: there is none. Throws a {@link StartError} when others can read it, or when it is not whole. */
export function readSecret(folder: string): Buffer | null {
  const file = secretFile(folder);
  const stat = statSync(file, { throwIfNoEntry: false });
  if (stat === undefined) return null;
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
export function writeSecret(folder: string, secret: Buffer): void {
  const file = secretFile(folder);
  const draft = `${file}.new`;
  const descriptor = openSync(draft, 'w', 0o600);
  try {
    writeSync(descriptor, `${secret.toString('hex')}\n`);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  renameSync(draft, file);
}

/** Reads the secret of a data folder that is locked already, or makes it. Throws as {@link readSecret} does. */
export function readOrMakeSecret(folder: string): Buffer {
  const there = readSecret(folder);
  if (there !== null) return there;
  const made = newSecret();
  writeSecret(folder, made);
  return made;
}
