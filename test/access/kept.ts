/** What a server's file holds, in sums: the same before and after what was refused. */
import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { Test } from 'tap';

/** Delivered marks, uses and sightings are left out: asking moves them by itself. */
const SUMS = [
  "select count(*), total(rev), total(seq), count(assignee), sum(status = 'closed'), count(subject) from conversations",
  'select count(*), total(rev), count(deleted_at), total(length(content)) from messages',
  'select count(*), total(rev), count(left_at), total(moderator), total(read_seq) from participants',
  'select count(*), count(blocked_at), count(disabled_at), total(length(name)), group_concat(role) from users',
  'select count(*), count(message) from attachments',
  'select count(*), total(records), total(size) from files',
  'select count(*), total(length(scopes)), total(length(name)) from api_keys',
  'select count(*), count(revoked_at) from sessions',
];

/** Reads the file beside the server, whose answers may hide what it did. */
export function readerOfKept(t: Test, folder: string): () => string {
  const database = new Database(join(folder, 'parley.db'), { readonly: true });
  t.teardown(() => database.close());
  const statements = SUMS.map((sql) => database.prepare(sql).raw());
  return () => JSON.stringify(statements.map((statement) => statement.get()));
}
