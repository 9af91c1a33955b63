/** `parley check`: whether everything is as it should be, and what to do where it is not. */

import { statfsSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { readConfig } from '../config.ts';
import type { Finding } from '../db/findings.ts';
import { NEWEST_SCHEMA } from '../db/migrate.ts';
import { isBeingReplaced } from '../db/replacement.ts';
import { straysIn } from '../files/copies.ts';
import { Folder } from '../files/folder.ts';
import type { Place } from '../files/place.ts';
import { DATABASE, FILES, inspectFolder, readManifest, SECRET } from './backup/backup-folder.ts';
import { exitCodes } from './exit-codes.ts';
import { fileFolder } from './file-folder.ts';
import { native } from './inside.ts';
import { readOptions } from './options.ts';
import { withPlace } from './place-of-files.ts';
import { progressOn } from './progress.ts';
import { bytesText, counted } from './sizes.ts';

const HELP = `Usage: parley check [backup] [options]

Reads the whole data folder, or a backup: every page and reference of the database, every attached file, the secret, the
space on the disk. Changes nothing; the server may go on working. Exits with ${exitCodes.findings.code} where something is wrong.

  --data <folder>  the data folder (PARLEY_DATA)
  --json           tell the outcome as JSON
  -h, --help       print this
`;

/** A server that writes needs room for its log, and for a copy when it is upgraded. */
const FREE_BYTES = 256 * 1024 * 1024;
/** A log that is longer has not been emptied for a long time. */
const LONG_LOG_BYTES = 1024 * 1024 * 1024;
const OTHERS = 0o077;

/** What is in order but worth knowing. */
type Facts = Record<string, string | number>;

export async function check(args: readonly string[]): Promise<number> {
  const { flags, words, places } = readOptions(args, { words: ['json'], places: 1 });
  if (words.has('help')) {
    process.stdout.write(HELP);
    return exitCodes.done.code;
  }
  // Wrong settings are found by reading them.
  const config = readConfig(process.env, flags);
  const [backup] = places;
  const folder = backup === undefined ? fileFolder(config) : resolve(backup);
  const json = words.has('json');
  const progress = progressOn(process.stderr, json);
  progress.at('reading', 0);
  const missing = backup === undefined ? [] : readManifest(folder).missing;
  const look = async (files: Place | null) => {
    const found = await inspectFolder(folder, {
      ...native(),
      files,
      missing,
      onFile: (done, of) => progress.at('reading files', done / of),
    });
    const kept = new Set(found.held?.files.map(({ hash }) => hash));
    const stray = found.held === null ? 0 : await straysIn(files ?? new Folder(join(folder, FILES)), kept);
    return { ...found, stray };
  };
  const { findings, held, stray } = backup === undefined ? await withPlace(config, look) : await look(null);
  progress.end();
  const facts: Facts = { folder };
  if (held !== null) {
    Object.assign(facts, { schema: held.schema, conversations: held.conversations, messages: held.messages });
    Object.assign(facts, { files: held.files.length, strayFiles: stray, ...sizes(folder) });
  }
  if (backup === undefined && (held !== null || isBeingReplaced(folder))) findings.unshift(...findingsAround(folder));
  if (json) process.stdout.write(`${JSON.stringify({ ok: findings.length === 0, findings, ...facts })}\n`);
  else process.stdout.write(textOf(findings, facts));
  return findings.length === 0 ? exitCodes.done.code : exitCodes.findings.code;
}

const sizeOf = (file: string) => statSync(file, { throwIfNoEntry: false })?.size ?? 0;

function freeBytes(folder: string): number {
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize;
}

function sizes(folder: string): Facts {
  const database = join(folder, DATABASE);
  return { databaseBytes: sizeOf(database), logBytes: sizeOf(`${database}-wal`), freeBytes: freeBytes(folder) };
}

/** Of what lies around the database: its log, its disk, the secret. */
function findingsAround(folder: string): Finding[] {
  const findings: Finding[] = [];
  if (isBeingReplaced(folder)) {
    const todo = 'start the server, or restore again: both finish it first';
    findings.push({ what: `a restore was cut off in ${folder}`, todo });
  }
  const secret = statSync(join(folder, SECRET), { throwIfNoEntry: false });
  if (secret === undefined) {
    const todo = 'put it back from a backup, or start the server, which makes a new one and signs everybody out';
    findings.push({ what: `${join(folder, SECRET)} is not there`, todo });
  } else if (process.platform !== 'win32' && (secret.mode & OTHERS) !== 0) {
    findings.push({ what: `${join(folder, SECRET)} can be read by others`, todo: `chmod 600 ${join(folder, SECRET)}` });
  }
  const free = freeBytes(folder);
  if (free < Math.max(FREE_BYTES, sizeOf(join(folder, DATABASE)))) {
    const todo = 'make room: an upgrade copies the database, and without room nothing can be written';
    findings.push({ what: `there are ${bytesText(free)} left on the disk`, todo });
  }
  const log = sizeOf(`${join(folder, DATABASE)}-wal`);
  if (log > LONG_LOG_BYTES) {
    const todo = 'see whether another program keeps the database open; a restart of the server empties it';
    findings.push({ what: `the database's log has ${bytesText(log)}`, todo });
  }
  return findings;
}

function textOf(findings: readonly Finding[], facts: Facts): string {
  const lines: string[] = [];
  if (facts.messages !== undefined) {
    const upgrade = Number(facts.schema) < NEWEST_SCHEMA ? `, brought to ${NEWEST_SCHEMA} at the next start` : '';
    lines.push(
      `${facts.folder}: schema ${facts.schema}${upgrade}`,
      [
        counted(Number(facts.conversations), 'conversation'),
        counted(Number(facts.messages), 'message'),
        counted(Number(facts.files), 'file'),
        `${bytesText(Number(facts.databaseBytes) + Number(facts.logBytes))} of database`,
        `${bytesText(Number(facts.freeBytes))} left`,
      ].join(', '),
    );
    if (Number(facts.strayFiles) > 0) {
      lines.push(
        `${counted(Number(facts.strayFiles), 'file')} that nothing refers to: the server removes them at its start`,
      );
    }
  }
  if (findings.length === 0) lines.push('everything is in order');
  for (const { what, todo } of findings) lines.push(`WRONG: ${what}`, `  ${todo}`);
  return `${lines.join('\n')}\n`;
}
