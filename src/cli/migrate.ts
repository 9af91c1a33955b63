/** `parley migrate`: brings the database up to date without serving, or takes it into another kind of store. */

import { randomUUIDv7 } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Flags, readConfig } from '../config.ts';
import { exitCodes } from './exit-codes.ts';
import { fileFolder } from './file-folder.ts';
import { readOptions } from './options.ts';
import { UsageError } from './usage-error.ts';

const HELP = `Usage: parley migrate [options]
       parley migrate --from <store> --to <store> [--json]

Does what the next start would do first: keeps a copy of the database in backups/ and brings it to the schema of this
version, in one transaction. Tells what it did. The server must be stopped.

With --from and --to, takes all of a database into another kind of store, where there is none yet, and reads both to see
that they are the same. Cut off, it is run again and goes on. A store is sqlite:<data folder> or postgres://<database>; the
password is better left to PGPASSWORD or the password file. The secret goes along; attached files stay where they are.

  --new-epoch      after the database came back by another way than parley restore: clients read everything anew
  --from <store>   what is read; it stays
  --to <store>     what is filled
  --data <folder>  the data folder (PARLEY_DATA), without --from and --to
  --json           tell the outcome as JSON
  -h, --help       print this
`;

export async function migrate(args: readonly string[]): Promise<number> {
  const { flags, words, values } = readOptions(args, { words: ['json', 'new-epoch'], values: ['from', 'to'] });
  if (words.has('help')) {
    process.stdout.write(HELP);
    return exitCodes.done.code;
  }
  const [from, to] = [values.get('from'), values.get('to')];
  if (from !== undefined || to !== undefined) return intoAnother(from, to, words);
  return bringUpToDate(flags, words);
}

async function intoAnother(
  from: string | undefined,
  to: string | undefined,
  words: ReadonlySet<string>,
): Promise<number> {
  if (from === undefined || to === undefined) throw new UsageError('--from and --to go together');
  if (words.has('new-epoch')) throw new UsageError('--new-epoch is for a database that stays where it is');
  const { transferBetween, textOf: textOfTransfer } = await import('./transfer.ts');
  const told = await transferBetween(from, to, words.has('json'));
  process.stdout.write(words.has('json') ? `${JSON.stringify(told)}\n` : textOfTransfer(told));
  return exitCodes.done.code;
}

async function bringUpToDate(flags: Flags, words: ReadonlySet<string>): Promise<number> {
  const data = fileFolder(readConfig(process.env, flags));
  const { StartError } = await import('../db/start-error.ts');
  const { Store } = await import('../db/open.ts');
  const { openForReading } = await import('../db/pragmas.ts');
  const { Bulk } = await import('../db/bulk.ts');
  const { native, threadSource } = await import('./inside.ts');
  const { soleStore } = await import('./sole-store.ts');
  const file = join(data, 'parley.db');
  if (!existsSync(file)) throw new StartError(`There is no database in ${data}.`);
  const schemaOf = () => {
    const database = openForReading(file, native());
    try {
      return database.pragma('user_version', { simple: true }) as number;
    } finally {
      database.close();
    }
  };
  const from = schemaOf();
  let copy: string | null = null;
  const store = new Store({
    ...soleStore(data),
    log: (_, details) => {
      if (details !== undefined && 'file' in details) copy = String(details.file);
    },
  });
  const newEpoch = words.has('new-epoch');
  try {
    if (newEpoch) {
      const bulk = new Bulk(store, { now: Date.now, connection: native(), indexThread: threadSource('index') });
      try {
        bulk.beginEpoch(randomUUIDv7());
        await bulk.end();
      } finally {
        await bulk.close();
      }
    }
  } finally {
    await store.close();
  }
  const told = { from, to: schemaOf(), copy, newEpoch };
  process.stdout.write(words.has('json') ? `${JSON.stringify(told)}\n` : textOf(told));
  return exitCodes.done.code;
}

function textOf(told: { from: number; to: number; copy: string | null; newEpoch: boolean }): string {
  const { from, to, copy, newEpoch } = told;
  const lines = [from === to ? `up to date: schema ${to}` : `brought from schema ${from} to ${to}`];
  if (copy !== null) lines.push(`a copy of the old one: ${copy}`);
  if (newEpoch) lines.push('clients will read everything anew');
  return `${lines.join('\n')}\n`;
}
