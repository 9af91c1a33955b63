/** A process that brings a file to a newer schema and is stuck in the middle of it: prints `halfway` there. */

import { migrate } from '../../src/db/migrate.ts';
import { openForWriting } from '../../src/db/pragmas.ts';

const [file = '', folder = ''] = process.argv.slice(2);
const database = openForWriting(file);
database.function('stay', () => {
  process.stdout.write('halfway\n');
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  return 0;
});
const sql = ['create table shoes (size integer not null) strict', 'delete from users', 'select stay()'];
migrate(database, folder, [{ id: 1000, name: 'shoes', sql }]);
