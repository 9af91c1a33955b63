/** `parley restore`: a backup in the place of what there is, which is kept aside. */

import { randomUUIDv7 } from 'node:crypto';
import { resolve } from 'node:path';
import { readConfig } from '../config.ts';
import { restoreBackup } from './backup/restore-backup.ts';
import { exitCodes } from './exit-codes.ts';
import { fileFolder } from './file-folder.ts';
import { native } from './inside.ts';
import { readOptions } from './options.ts';
import { withPlace } from './place-of-files.ts';
import { progressOn } from './progress.ts';
import { counted } from './sizes.ts';
import { UsageError } from './usage-error.ts';

const HELP = `Usage: parley restore <backup> [options]

Puts a backup in the place of what the data folder holds, while no server works in it. The backup is read and checked
first; what was there is kept aside. Clients then read everything anew.

  --data <folder>  the data folder (PARLEY_DATA)
  --json           tell the outcome as JSON
  -h, --help       print this
`;

export async function restore(args: readonly string[]): Promise<number> {
  const { flags, words, places } = readOptions(args, { words: ['json'], places: 1 });
  if (words.has('help')) {
    process.stdout.write(HELP);
    return exitCodes.done.code;
  }
  const [backup] = places;
  if (backup === undefined) throw new UsageError('restore needs a backup: a folder that parley backup made');
  const config = readConfig(process.env, flags);
  const data = fileFolder(config);
  const json = words.has('json');
  const progress = progressOn(process.stderr, json);
  try {
    const job = {
      backup: resolve(backup),
      data,
      now: new Date(),
      newEpoch: randomUUIDv7,
      pid: process.pid,
      connection: native(),
      onProgress: progress.at,
    };
    const restored = await withPlace(config, (files) => restoreBackup({ ...job, files }));
    progress.end();
    if (json) process.stdout.write(`${JSON.stringify(restored)}\n`);
    else {
      const { createdAt, conversations, messages, files, aside } = restored;
      const what = [counted(conversations, 'conversation'), counted(messages, 'message'), counted(files, 'file')];
      process.stdout.write(`${data} is as it was on ${createdAt}: ${what.join(', ')}\n`);
      if (aside !== null) process.stdout.write(`what was there before: ${aside}\n`);
    }
    return exitCodes.done.code;
  } finally {
    progress.end();
  }
}
