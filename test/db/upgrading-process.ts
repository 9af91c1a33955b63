/** A process that brings a file to the newest schema, and is killed before the n-th statement of that. */
import { migrate } from '../../src/db/migrate.ts';
import { migrations } from '../../src/db/migrations.ts';
import { openForWriting } from '../../src/db/pragmas.ts';

const [file = '', folder = '', at = ''] = process.argv.slice(2);
const database = openForWriting(file);
database.function('die', () => {
  process.kill(process.pid, 'SIGKILL');
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  return 0;
});
const version = database.pragma('user_version', { simple: true }) as number;
const missing = migrations.filter(({ id }) => id > version);
const sql = missing.flatMap((migration) => [...migration.sql]).toSpliced(Number(at), 0, 'select die()');
migrate(database, folder, [{ id: missing.at(-1)?.id ?? 0, name: 'cut off', sql }]);
