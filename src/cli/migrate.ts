/** `parley migrate`: brings the database up to date without serving. */
import { randomUUIDv7 } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { readConfig } from '../config.ts';
import { exitCodes } from './exit-codes.ts';
import { readOptions } from './options.ts';

const HELP = `Usage: parley migrate [options]

Does what the next start would do first: keeps a copy of the database in backups/ and brings it to the schema of this
version, in one transaction. Tells what it did. The server must be stopped.

  --new-epoch      after the database came back by another way than parley restore: clients read everything anew
  --data <folder>  the data folder (PARLEY_DATA)
  --json           tell the outcome as JSON
  -h, --help       print this
`;

export async function migrate(args: readonly string[]): Promise<number> {
  const { flags, words } = readOptions(args, { words: ['json', 'new-epoch'] });
  if (words.has('help')) {
    process.stdout.write(HELP);
    return exitCodes.done.code;
  }
  const data = resolve(readConfig(process.env, flags).data);
  const { StartError } = await import('../db/start-error.ts');
  const { Store } = await import('../db/open.ts');
  const { openForReading } = await import('../db/pragmas.ts');
  const { Bulk } = await import('../db/bulk.ts');
  const { native, threadSource } = await import('./inside.ts');
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
    folder: data,
    ...native(),
    pid: process.pid,
    newEpoch: randomUUIDv7,
    now: Date.now,
    maxWaiting: 1,
    batchSize: 1,
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
