/** `parley backup`: a copy of everything, while the server works. */

import { join, resolve } from 'node:path';
import { readConfig } from '../config.ts';
import { makeBackup } from './backup/make-backup.ts';
import { makeNext, seriesOf } from './backup/series.ts';
import { exitCodes } from './exit-codes.ts';
import { fileFolder } from './file-folder.ts';
import { native } from './inside.ts';
import { readOptions } from './options.ts';
import { withPlace } from './place-of-files.ts';
import { progressOn } from './progress.ts';
import { counted } from './sizes.ts';
import { UsageError } from './usage-error.ts';
import { version } from './version.ts';

const HELP = `Usage: parley backup [folder] [options]

Copies the database, the attached files and the server's secret into a new folder below this one (without one: backups in
the data folder), and reads all of it back. The server may go on working.

  --keep <number>  then removes the oldest of those that were made with --keep, so that so many are left
  --data <folder>  the data folder (PARLEY_DATA)
  --json           tell the outcome as JSON
  -h, --help       print this
`;

export async function backup(args: readonly string[]): Promise<number> {
  const { flags, words, values, places } = readOptions(args, { words: ['json'], values: ['keep'], places: 1 });
  if (words.has('help')) {
    process.stdout.write(HELP);
    return exitCodes.done.code;
  }
  const keep = keepOf(values.get('keep'));
  const config = readConfig(process.env, flags);
  const data = fileFolder(config);
  const json = words.has('json');
  const progress = progressOn(process.stderr, json);
  try {
    const job = {
      data,
      to: resolve(places[0] ?? join(data, 'backups')),
      version,
      now: new Date(),
      connection: native(),
      onProgress: progress.at,
    };
    const made = await withPlace(config, async (files) =>
      keep === null
        ? { ...(await makeBackup({ ...job, files })), removed: [] }
        : makeNext({ ...job, files, keep, series: seriesOf(data) }),
    );
    progress.end();
    const { path, conversations, messages, files, missing, removed } = made;
    if (json) process.stdout.write(`${JSON.stringify(made)}\n`);
    else {
      const what = [counted(conversations, 'conversation'), counted(messages, 'message'), counted(files, 'file')];
      process.stdout.write(`${path}\n${what.join(', ')}; read back, and whole\n`);
      if (missing.length > 0) {
        process.stdout.write(
          `${counted(missing.length, 'file is', 'files are')} missing in the server: parley check\n`,
        );
      }
      for (const one of removed) process.stdout.write(`removed: ${one}\n`);
    }
    return exitCodes.done.code;
  } finally {
    progress.end();
  }
}

function keepOf(text: string | undefined): number | null {
  if (text === undefined) return null;
  if (!/^[1-9]\d{0,3}$/.test(text)) throw new UsageError('--keep must be a number from 1 to 9999');
  return Number(text);
}
