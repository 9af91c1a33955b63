/**
 * What a data folder holds, replaced by what lies ready beside it. Until the marker is there, the old is whole; from then on
 * the new is: whoever opens the folder next finishes what was cut off, before reading anything.
 */
import {
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { flush } from './copy.ts';
import { StartError } from './start-error.ts';

const STAGING = 'restoring';
const MARKER = 'restoring.json';
const DRAFT = `${MARKER}.new`;
const ASIDE = /^before-restore-[\w-]+$/;

/** They belong to the old database, and would spoil another. */
const GOING = ['parley.db-wal', 'parley.db-shm', 'position'];
/** The database last: a program that knows no marker has the old one or the new one. */
const REPLACED = ['files', 'secret', 'parley.db'];

/** Where the new is laid ready. */
export function stagingIn(folder: string): string {
  return join(folder, STAGING);
}

/** Whether one was cut off: what is in the folder is of no use until {@link finishReplacement}. */
export function isBeingReplaced(folder: string): boolean {
  return existsSync(join(folder, MARKER));
}

/**
 * Puts what lies ready in the place of what there is, under the folder's lock. Gives where the old lies now; null: there
 * was none.
 */
export function replaceContents(folder: string, now: Date): string | null {
  const aside = `before-restore-${now.toISOString().replaceAll(/[:.]/g, '-')}`;
  flush(stagingIn(folder));
  const draft = join(folder, DRAFT);
  writeFileSync(draft, `${JSON.stringify({ aside })}\n`, { mode: 0o600, flush: true });
  renameSync(draft, join(folder, MARKER));
  flush(folder);
  return finishReplacement(folder)?.aside ?? null;
}

/**
 * Goes on where {@link replaceContents} was, under the folder's lock; each step may have been done already. Null: nothing
 * was to be done. What was only laid ready for one that never began is removed.
 */
export function finishReplacement(folder: string): { aside: string | null } | null {
  const staging = stagingIn(folder);
  if (!isBeingReplaced(folder)) {
    rmSync(staging, { recursive: true, force: true });
    rmSync(join(folder, DRAFT), { force: true });
    return null;
  }
  const aside = join(folder, asideIn(folder));
  mkdirSync(aside, { recursive: true, mode: 0o700 });
  for (const name of GOING) if (existsSync(join(folder, name))) renameSync(join(folder, name), join(aside, name));
  for (const name of REPLACED) {
    const [next, place] = [join(staging, name), join(folder, name)];
    if (!existsSync(next)) continue;
    if (existsSync(place) && !existsSync(join(aside, name))) keep(place, join(aside, name));
    renameSync(next, place);
  }
  flush(aside);
  flush(folder);
  rmSync(staging, { recursive: true, force: true });
  rmSync(join(folder, MARKER));
  flush(folder);
  return { aside: removeEmpty(aside) ? null : aside };
}

function asideIn(folder: string): string {
  const file = join(folder, MARKER);
  try {
    const { aside } = JSON.parse(readFileSync(file, 'utf8'));
    if (typeof aside === 'string' && ASIDE.test(aside)) return aside;
  } catch {
    // As below.
  }
  throw new StartError(`${file} is not what a restore leaves there: take it away, and restore a backup.`);
}

/** A folder is moved; a file gets a second name, so that its first may be taken by another in one step. */
function keep(from: string, to: string): void {
  try {
    linkSync(from, to);
    return;
  } catch {
    // A folder, or a file system that knows no second names.
  }
  const draft = `${to}.new`;
  try {
    copyFileSync(from, draft);
  } catch {
    renameSync(from, to);
    return;
  }
  flush(draft);
  renameSync(draft, to);
}

function removeEmpty(folder: string): boolean {
  try {
    rmdirSync(folder);
    return true;
  } catch {
    return false;
  }
}
