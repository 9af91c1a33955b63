/** Opens the store that the settings name: a file in the data folder, or a PostgreSQL database. */
import { Store as FileStore, makeFolder, type StoreOptions } from './open.ts';
import type { PostgresStoreOptions } from './postgres/open.ts';
import type { Store } from './store.ts';

/** As the settings name them. */
interface Database {
  /** `postgres://…`; undefined: the file. */
  database?: string | undefined;
  databaseConnections: number;
  /** `nats://…`, of what carries what is said between servers and kept by nobody. */
  bus?: string | undefined;
}

/** Throws `StartError` and changes nothing where it cannot be used. */
export async function openStore(
  { database, databaseConnections: connections, bus }: Database,
  options: StoreOptions & Pick<PostgresStoreOptions, 'onOther'>,
): Promise<Store> {
  if (database === undefined) return new FileStore(options);
  // What is kept beside the rows lies there all the same.
  makeFolder(options.folder);
  // Here and not above: most servers have no use for its driver.
  const { openPostgres } = await import('./postgres/open.ts');
  return openPostgres({ ...options, url: database, connections, bus });
}
