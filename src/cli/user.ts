import { randomUUIDv7 } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Config, readConfig } from '../config.ts';
import { exitCodes } from './exit-codes.ts';
import { readOptions } from './options.ts';
import { UsageError } from './usage-error.ts';

const HELP = `Usage: parley user <what> <e-mail> [options of parley serve]

Lets somebody in again who cannot come in. The server must be stopped meanwhile.

  password       prints a link of one use, good for a day, by which they choose a new password
  second-factor  switches their second factor off and ends their sessions

  -h, --help     print this
`;

const WHAT = ['password', 'second-factor'] as const;

/** `parley user`: what an operator does who has the machine and not the password. Gives the exit code. */
export async function user(args: readonly string[]): Promise<number> {
  const words = args.filter((word) => !word.startsWith('-'));
  const [name = '', email = ''] = args[0]?.startsWith('-') ? [] : args;
  if (words.length === 0 || args.includes('--help') || args.includes('-h')) {
    process.stdout.write(HELP);
    return exitCodes.done.code;
  }
  const what = WHAT.find((one) => one === name);
  if (what === undefined) throw new UsageError(`parley user knows ${WHAT.join(' and ')}, not "${name}"`);
  if (!email.includes('@')) throw new UsageError(`parley user ${what} needs an e-mail address`);
  const { flags } = readOptions(args.slice(2));
  const config = readConfig(process.env, flags);
  process.stdout.write(`${await letIn(config, what, email.toLowerCase())}\n`);
  return exitCodes.done.code;
}

/** @returns what to tell the operator */
async function letIn(config: Config, what: (typeof WHAT)[number], email: string): Promise<string> {
  // Here and not above: a wrong word is told at once, without loading a store.
  const { StartError } = await import('../db/start-error.ts');
  const { Store } = await import('../db/open.ts');
  const { openRules } = await import('../chat/people/by-operator.ts');
  if (!existsSync(join(config.data, 'parley.db'))) throw new StartError(`There is no database in ${config.data}.`);
  const store = new Store({
    folder: config.data,
    pid: process.pid,
    newEpoch: randomUUIDv7,
    now: Date.now,
    maxWaiting: 10,
    batchSize: 10,
    onError: (error) => process.stderr.write(`parley: ${error}\n`),
  });
  try {
    const operator = openRules(store, config, Date.now);
    const found = operator.find(email);
    if (found === null) throw new UsageError(`nobody logs in with ${email}`);
    if (what === 'second-factor') {
      await operator.resetTotp(found);
      return `${email} logs in by the password alone again.`;
    }
    const base = config.publicUrl ?? `http://${config.host}:${config.port}`;
    const link = await operator.passwordLink(found);
    return `${new URL(`/console#link=${link}`, base)}\n(this link works once, for a day)`;
  } finally {
    await store.close();
  }
}
