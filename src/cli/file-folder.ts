import { resolve } from 'node:path';
import type { Config } from '../config.ts';
import { UsageError } from './usage-error.ts';

/** The data folder, for a command that works on the file in it. Throws a `UsageError` where a server's rows are elsewhere. */
export function fileFolder({ data, database }: Pick<Config, 'data' | 'database'>): string {
  if (database === undefined) return resolve(data);
  throw new UsageError(
    'PARLEY_DATABASE names a PostgreSQL database, and this command works on the file in a data folder: use pg_dump and ' +
      'its like, or bring it into a file by parley migrate --to sqlite:<data folder> first',
  );
}
