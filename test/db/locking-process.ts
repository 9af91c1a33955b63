/** A process that holds the file's write lock, as a backup or a shell may: prints `held`, and lets go on its input. */
import Database from 'better-sqlite3';

const database = new Database(process.argv[2]);
database.exec('BEGIN IMMEDIATE');
process.stdout.write('held\n');
process.stdin.once('data', () => {
  database.exec('ROLLBACK');
  database.close();
  process.stdout.write('gone\n');
  process.stdin.destroy();
});
