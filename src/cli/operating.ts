/** Runs what a command does to people and keys: by the server that works in the data folder, or without one in it. */
import { randomUUIDv7 } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../config.ts';
import type { Operator } from '../protocol/operator.ts';
import { runningServer } from './running-server.ts';
import { UsageError } from './usage-error.ts';

/**
 * Throws a `StartError` where there is no database, or a server that cannot be asked; and a `UsageError` for what the rules
 * refuse.
 *
 * @param make whether the database may be made
 */
export async function operating<T>(
  config: Config,
  work: (operator: Operator) => Promise<T>,
  { make = false } = {},
): Promise<T> {
  const server = await runningServer(config.data);
  if (server !== null) return work(server);
  // Here and not above: a wrong word is told at once, without loading a store.
  const { StartError } = await import('../db/start-error.ts');
  const { openStore } = await import('../db/open-store.ts');
  const { operatorAlone } = await import('../chat/people/by-operator.ts');
  const { native } = await import('./inside.ts');
  if (!make && config.database === undefined && !existsSync(join(config.data, 'parley.db'))) {
    throw new StartError(`There is no database in ${config.data}.`);
  }
  const store = await openStore(config, {
    folder: config.data,
    ...native(),
    pid: process.pid,
    newEpoch: randomUUIDv7,
    now: Date.now,
    maxWaiting: 10,
    batchSize: 10,
    onError: (error) => process.stderr.write(`parley: ${error}\n`),
  });
  try {
    return await work(operatorAlone(store, config, Date.now));
  } catch (error) {
    if (error instanceof Error && error.name === 'Refusal') throw new UsageError(error.message.replace(/\.$/, ''));
    throw error;
  } finally {
    await store.close();
  }
}
