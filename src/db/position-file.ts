/**
 * The store's clock, written beside the database too. A database that is behind this file at the start was put back
 * from a copy: clients that hold a later cursor must not be told that they are up to date, so it gets a new epoch.
 */
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { join } from 'node:path';

const NAME = 'position';

export function readPosition(folder: string): number {
  try {
    const position = Number(readFileSync(join(folder, NAME), 'utf8'));
    return Number.isSafeInteger(position) ? position : 0;
  } catch {
    return 0;
  }
}

export function writePosition(folder: string, position: number): void {
  const file = join(folder, NAME);
  const draft = `${file}.new`;
  const descriptor = openSync(draft, 'w');
  try {
    writeSync(descriptor, `${position}\n`);
    // Else a power cut may leave the new name with nothing behind it.
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  renameSync(draft, file);
}
