/** `parley export`: all that people made, in a form that others can read, while the server works. */

import { once } from 'node:events';
import { createWriteStream, existsSync, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { drizzle } from 'drizzle-orm/better-sqlite3';
import { readConfig } from '../config.ts';
import { openForReading } from '../db/pragmas.ts';
import { StartError } from '../db/start-error.ts';
import { copyTo } from '../files/copies.ts';
import { Folder } from '../files/folder.ts';
import { DATABASE, FILES } from './backup/backup-folder.ts';
import { exitCodes } from './exit-codes.ts';
import { recordsOf } from './export/records.ts';
import { fileFolder } from './file-folder.ts';
import { native } from './inside.ts';
import { readOptions } from './options.ts';
import { withPlace } from './place-of-files.ts';
import { progressOn } from './progress.ts';
import { counted } from './sizes.ts';
import { version } from './version.ts';

const HELP = `Usage: parley export [folder] [options]

Writes users, conversations, messages, notes and what belongs to them as JSON lines (parley.jsonl) and the attached files
into a new folder; without one, the lines to standard output and no files. No password, session or key is in it: for a copy
that is whole there is parley backup. The server may go on working. parley import --from parley reads it.

  --data <folder>  the data folder (PARLEY_DATA)
  --json           tell the outcome as JSON
  -h, --help       print this
`;

/** Lines are written by so many signs at once. */
const PIECE_LENGTH = 64 * 1024;

export async function exportAll(args: readonly string[]): Promise<number> {
  const { flags, words, places } = readOptions(args, { words: ['json'], places: 1 });
  if (words.has('help')) {
    process.stdout.write(HELP);
    return exitCodes.done.code;
  }
  const config = readConfig(process.env, flags);
  const data = fileFolder(config);
  if (!existsSync(join(data, DATABASE))) throw new StartError(`There is no ${DATABASE} in ${data}.`);
  const [given] = places;
  const folder = given === undefined ? null : newFolder(resolve(given));
  const json = words.has('json');
  const progress = progressOn(process.stderr, json || folder === null);
  const out = folder === null ? process.stdout : createWriteStream(join(folder, 'parley.jsonl'), { mode: 0o600 });
  const counts: Record<string, number> = {};
  const hashes: string[] = [];
  const client = openForReading(join(data, DATABASE), native());
  try {
    client.exec('BEGIN');
    const reader = Object.assign(drizzle(client, { casing: 'snake_case' }), { $client: client });
    const total = client.prepare('select count(*) from messages').pluck().get() as number;
    let piece = '';
    for (const record of recordsOf(reader, { parley: version, exportedAt: new Date().toISOString() })) {
      const name = record.kind === 'side' ? 'side' : record.type;
      counts[name] = (counts[name] ?? 0) + 1;
      if (record.type === 'file') hashes.push(String(record.hash));
      piece += `${JSON.stringify(record)}\n`;
      if (piece.length < PIECE_LENGTH) continue;
      if (!(await write(out, piece))) return exitCodes.failed.code;
      piece = '';
      progress.at('writing', (counts.message ?? 0) / Math.max(total, 1));
    }
    await write(out, piece);
  } finally {
    client.close();
  }
  if (folder === null) return exitCodes.done.code;
  out.end();
  await finished(out);
  const missing: string[] = [];
  await withPlace(config, async (files) => {
    const from = files ?? new Folder(join(data, FILES));
    for (const [place, hash] of hashes.entries()) {
      if (!(await copyTo(from, hash, join(folder, FILES)))) missing.push(hash);
      progress.at('copying files', (place + 1) / hashes.length);
    }
  });
  progress.end();
  const { user: users = 0, conversation: conversations = 0, message: messages = 0 } = counts;
  const told = { folder, users, conversations, messages, files: hashes.length, missing };
  const what = [counted(users, 'user'), counted(conversations, 'conversation'), counted(messages, 'message')];
  process.stdout.write(
    json ? `${JSON.stringify(told)}\n` : `${folder}\n${what.join(', ')}, ${counted(hashes.length, 'file')}\n`,
  );
  return missing.length === 0 ? exitCodes.done.code : exitCodes.findings.code;
}

/** Never into what is there: half of it would be of another time. */
function newFolder(folder: string): string {
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    throw new StartError(`${folder} cannot be made (${(error as Error).message}).`, { cause: error });
  }
  return folder;
}

/** False: nobody reads on. */
async function write(out: Writable, text: string): Promise<boolean> {
  if (out.destroyed) return false;
  if (!out.write(text)) await Promise.race([once(out, 'drain'), once(out, 'close')]);
  return !out.destroyed;
}
