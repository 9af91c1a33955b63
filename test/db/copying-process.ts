/** A process that copies a database file while others may write to it. */
import { copyDatabase } from '../../src/db/copy.ts';

const [from = '', to = ''] = process.argv.slice(2);
await copyDatabase(from, to);
