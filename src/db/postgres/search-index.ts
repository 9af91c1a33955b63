/**
 * The words of messages, beside their rows: no part of the schema's history, as SQLite's index is none. Words are split
 * as there (search-words.ts), so that both find the same. A message's conversation is a word of its own kind, so that the
 * index itself finds what lies in certain conversations. Where words stand is not kept: whoever searches looks into what is
 * found once more.
 */
import { SIDE_THREADS, SUPPORT_THREADS } from '../search-index.ts';
import { WORDS_VERSION, wordsOf } from '../search-words.ts';
import type { PostgresClient } from './connect.ts';
import { THREAD } from './search.ts';
import { transaction } from './transaction.ts';
import type { Write } from './write.ts';

/** Raised when the statements below change. Below zero, so that no index of SQLite's is taken for one. */
const INDEX_VERSION = 1;
const SEARCH_VERSION = -(WORDS_VERSION * 1000 + INDEX_VERSION);
/** Messages that are indexed in one step. */
const STEP_ROWS = 2_000;

export interface Searched {
  id: number;
  conversation: number;
  content: string | null;
  state: string | null;
}

const TABLE = [
  'drop table if exists search',
  'create table search (id bigint primary key, words tsvector not null)',
  'create index search_words on search using gin (words)',
  `create or replace function search_forget() returns trigger language plpgsql as $$
    begin delete from search using gone where search.id = gone.id; return null; end $$`,
  `create or replace trigger search_deleted after delete on messages referencing old table as gone
    for each statement execute function search_forget()`,
];

/** As in search-index.ts: what is left of a deleted conversation is a side without a parent. */
const LEARN = `
  insert into search (id, words)
  select given.id, array_to_tsvector(string_to_array(given.words, ' ') || array['${THREAD}' || within.id,
    case when within.kind = 'support' or within.queue is not null then '${THREAD}${SUPPORT_THREADS}'
      when within.kind = 'side' and (within.parent is not null or within.status = 'open') then '${THREAD}${SIDE_THREADS}'
      else '${THREAD}' end])
  from unnest($1::bigint[], $2::bigint[], $3::text[]) as given (id, conversation, words)
    join conversations within on within.id = given.conversation
  on conflict (id) do update set words = excluded.words`;

/** Nothing of a message while it is being written, and nothing once it is deleted. */
const isFound = ({ content, state }: Searched): boolean => content !== null && content !== '' && state !== 'streaming';

const termsOf = (content: string): string => [...new Set(wordsOf(content).map(({ term }) => term))].join(' ');

/** What a batch writes of messages that it inserted or wrote again, behind their rows and those of their conversations. */
export function searchWrites(messages: readonly Searched[]): Write[] {
  const found = messages.filter(isFound);
  const lost = messages.filter((message) => !isFound(message)).map(({ id }) => id);
  const writes: Write[] = [];
  if (found.length > 0) {
    const values = [
      found.map(({ id }) => id),
      found.map(({ conversation }) => conversation),
      found.map(({ content }) => termsOf(content ?? '')),
    ];
    writes.push({ name: 'learn words', text: LEARN, values });
  }
  if (lost.length > 0) {
    writes.push({ name: 'forget words', text: 'delete from search where id = any($1::bigint[])', values: [lost] });
  }
  return writes;
}

/** Whether the writer keeps all of it, and nothing is to be made first. */
export async function isSearchIndexed(client: PostgresClient): Promise<boolean> {
  const { version, mark } = await stateOf(client);
  return version === SEARCH_VERSION && mark === KEPT;
}

/** Of an index that the writer keeps: `meta.searchMark` is the key up to which it is made before that. */
const KEPT = 0;
const BEGUN = -1;

async function stateOf(client: PostgresClient): Promise<{ version: number; mark: number }> {
  const { rows } = await client.query('select search_version as version, search_mark as mark from meta');
  return rows[0] ?? { version: 0, mark: 0 };
}

/**
 * Makes the index if it is missing or another version's, in steps: one that was cut off goes on. For whoever has the
 * database alone.
 *
 * @param onStep told how many messages are indexed
 */
export async function ensureSearchIndex(client: PostgresClient, onStep: (done: number) => void): Promise<void> {
  if (await isSearchIndexed(client)) return;
  const begun = await stateOf(client);
  let { mark } = begun;
  if (begun.version !== SEARCH_VERSION) {
    for (const statement of TABLE) await client.query(statement);
    mark = BEGUN;
    await client.query('update meta set search_version = $1, search_mark = $2', [SEARCH_VERSION, mark]);
  }
  for (let done = 0; mark !== KEPT; onStep(done)) {
    const { rows } = await client.query<Searched>(
      'select id, conversation, content, state from messages where id > $1 order by id limit $2',
      [mark, STEP_ROWS],
    );
    done += rows.length;
    mark = rows.length < STEP_ROWS ? KEPT : (rows.at(-1)?.id ?? KEPT);
    await transaction(client, async () => {
      for (const { text, values } of searchWrites(rows)) await client.query(text, values);
      await client.query('update meta set search_mark = $1', [mark]);
    });
  }
}
