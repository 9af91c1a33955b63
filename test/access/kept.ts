/** What a server's database holds, in sums: the same before and after what was refused. */
import { rowsBeside } from '../database.ts';

/** Delivered marks, uses and sightings are left out: asking moves them by itself. */
const SUMS = {
  conversations: [
    'count(*)',
    'sum(rev)',
    'sum(seq)',
    'count(assignee)',
    "count(case when status = 'closed' then 1 end)",
    'count(subject)',
  ],
  messages: ['count(*)', 'sum(rev)', 'count(deleted_at)', 'sum(length(content))'],
  participants: ['count(*)', 'sum(rev)', 'count(left_at)', 'count(case when moderator then 1 end)', 'sum(read_seq)'],
  users: [
    'count(*)',
    'count(blocked_at)',
    'count(disabled_at)',
    'sum(length(name))',
    "string_agg(role, ',' order by id)",
  ],
  attachments: ['count(*)', 'count(message)'],
  files: ['count(*)', 'sum(records)', 'sum(size)'],
  api_keys: ['count(*)', 'sum(length(cast(scopes as text)))', 'sum(length(name))'],
  sessions: ['count(*)', 'count(revoked_at)'],
};

const QUESTION = `select ${Object.entries(SUMS)
  .flatMap(([table, sums]) => sums.map((sum, index) => `(select ${sum} from ${table}) as ${table}${index}`))
  .join(', ')}`;

/** Reads the database beside the server, whose answers may hide what it did. */
export async function keptBeside(folder: string): Promise<string> {
  return JSON.stringify(await rowsBeside(folder, QUESTION));
}
