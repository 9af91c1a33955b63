/**
 * Lays messages down behind a store's back, opens it, and is killed at the commit of a step of indexing: before it or
 * after it. Arguments: folder, how many messages, `before` or `after`, which step.
 */
import { randomUUIDv7 } from 'node:crypto';
import { join } from 'node:path';
import { argv, kill, pid } from 'node:process';
import { openForWriting } from '../../src/db/pragmas.ts';
import { openRegister } from './register.ts';

const [, , folder = '', count = '0', when = '', step = '0'] = argv;

await openRegister(folder).store.close();
const database = openForWriting(join(folder, 'parley.db'));
database.pragma('foreign_keys = OFF');
database.exec('BEGIN');
database.exec(`insert or ignore into conversations (id, uuid, kind, status, seq, rev, reset_rev, position, activity,
  last_uncounted, participant_count, team_read_seq, bot_after_read, context, created_at)
  values (-1, '${randomUUIDv7()}', 'room', 'open', 0, 1, 0, 0, 0, 0, 0, 0, 0, '{}', 0)`);
const first = Number(database.prepare('select last_id from meta').pluck().get()) + 1;
const insert = database.prepare(`insert into messages (id, uuid, conversation, seq, rev, kind, ai, content, changed,
  created_at) values (?, ?, -1, ?, ?, 'text', 0, ?, 0, 0)`);
for (let id = first; id < first + Number(count); id += 1) insert.run(id, randomUUIDv7(), id, id, `number ${id}`);
database.exec(`update meta set last_id = ${first + Number(count) - 1}`);
database.exec('COMMIT');
database.close();

const { writer } = openRegister(folder);
const { connection } = writer;
const exec = connection.exec.bind(connection);
let commits = 0;
connection.exec = (sql) => {
  const now = sql === 'COMMIT' && ++commits === Number(step);
  if (now && when === 'before') kill(pid, 'SIGKILL');
  const done = exec(sql);
  if (now) kill(pid, 'SIGKILL');
  return done;
};
console.log('indexing');
