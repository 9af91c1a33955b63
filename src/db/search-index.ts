/**
 * The full-text index of messages. It is made from their rows and is no part of the schema's history: whoever opens the
 * file makes it when it is not there, or when another version of Parley made it. It holds no text, only where each word
 * stands (`words`), and the message's conversation as words of its own (`thread`), so that the engine itself finds what
 * lies in certain conversations: the key, and a sort that is the same for all that the team reads.
 *
 * A message is indexed for the first time off the write path: all of them up to `meta.searchMark` are. From then on
 * triggers tell the index of every change in the transaction that makes it, by whatever statement: it has to be told the
 * old text to forget it, and it then forgets it at once and in every place (`secure-delete`).
 */
import type Database from 'better-sqlite3';
import { levelsOf, pagesOfNextMerge, STRUCTURE_ID } from './search-segments.ts';
import { indexedText, WORDS_VERSION } from './search-words.ts';

/** Raised when the statements below change: the index is then made anew. */
const INDEX_VERSION = 3;
export const SEARCH_VERSION = WORDS_VERSION * 1000 + INDEX_VERSION;

/** In `thread`, what stands for all support conversations, and for all side conversations. */
export const SUPPORT_THREADS = 's';
export const SIDE_THREADS = 'n';

/** Messages that one step indexes: it takes some milliseconds, which whoever sends something meanwhile does not notice. */
export const STEP_ROWS = 250;
/** So far behind, in keys, the index no longer waits for the writer to be idle. */
export const FAR_BEHIND = 5_000;
/** Messages of a step then: it has to catch up with what is written. */
const LONG_STEP_ROWS = 1_000;

/** Keys of a step that nobody waits for, and how much of its index is gathered in memory before it is written. */
const BULK_KEYS = 100_000;
export const BULK_GATHERED_BYTES = 64 * 1024 * 1024;
/** What the engine gathers by itself. */
const GATHERED_BYTES = 1024 * 1024;

/** Pages that one step of merging writes, if no word's places are more: it takes about as long. */
const MERGE_PAGES = 8;
/**
 * A word's places are merged in one go. So a level of more pages is left as it is, each of its segments some 200,000
 * messages, or a step of merging would take the longer the more was ever said: at seven million messages, seconds.
 */
const MOST_MERGED_PAGES = 8_000;
/** Segments of a level below which the engine merges none of it: its own number. */
const FEWEST_MERGED = 4;
/** So many segments of a level the engine merges by itself, all at once. Steps of merging keep it from that. */
const CRISIS_SEGMENTS = 500;

/**
 * What is left of a deleted conversation is a side without a parent: a queue tells that it was a support conversation,
 * a status that is closed, that it was none that stands beside one. It is forgotten by the words it was learnt by.
 */
const threadOf = (row: string) => `(
  SELECT CASE
    WHEN kind = 'support' OR queue IS NOT NULL THEN id || ' ${SUPPORT_THREADS}'
    WHEN kind = 'side' AND (parent IS NOT NULL OR status = 'open') THEN id || ' ${SIDE_THREADS}'
    ELSE id END
  FROM conversations WHERE conversations.id = ${row}.conversation)`;
/** What is found of a message: nothing while it is being written, and nothing once it is deleted. */
const isFound = (row: string) => `coalesce(${row}.content, '') <> '' AND ${row}.state IS NOT 'streaming'`;
const forget = `INSERT INTO search (search, rowid, words, thread)
  SELECT 'delete', old.id, indexed_text(old.content), ${threadOf('old')} WHERE ${isFound('old')}`;
const learn = `INSERT INTO search (rowid, words, thread)
  SELECT new.id, indexed_text(new.content), ${threadOf('new')} WHERE ${isFound('new')}`;
const isIndexed = 'old.id <= (SELECT search_mark FROM meta)';

const CRISIS = `INSERT INTO search (search, rank) VALUES ('crisismerge', ${CRISIS_SEGMENTS})`;
const TABLE = [
  `CREATE VIRTUAL TABLE search USING fts5 (words, thread, content = '', columnsize = 0, prefix = '2 3', tokenize = 'ascii')`,
  `INSERT INTO search (search, rank) VALUES ('secure-delete', 1)`,
  `INSERT INTO search (search, rank) VALUES ('automerge', 0)`,
  CRISIS,
];
const TRIGGERS = [
  `CREATE TRIGGER search_changed AFTER UPDATE OF content, state ON messages
    WHEN (old.content IS NOT new.content OR old.state IS NOT new.state) AND ${isIndexed}
    BEGIN ${forget}; ${learn}; END`,
  `CREATE TRIGGER search_deleted AFTER DELETE ON messages WHEN ${isIndexed} BEGIN ${forget}; END`,
];
export const SEARCH_NAMES: readonly string[] = ['search', 'search_changed', 'search_deleted'];

/** Lets the connection change messages: the triggers ask for the words of a text. */
export function addIndexedText(database: Database.Database): void {
  database.function('indexed_text', { deterministic: true }, (text) => indexedText(String(text)));
}

/** Makes the index if it is missing or another version's; what it had is then indexed anew, in steps. */
export function ensureSearchIndex(database: Database.Database): void {
  const there = database
    .prepare(`select count(*) from sqlite_schema where name in (${SEARCH_NAMES.map((name) => `'${name}'`).join(', ')})`)
    .pluck()
    .get();
  const version = database.prepare('select search_version from meta').pluck().get();
  if (there === SEARCH_NAMES.length && version === SEARCH_VERSION) {
    boundMerging(database);
    return;
  }
  database
    .transaction(() => {
      for (const name of ['search_changed', 'search_deleted']) database.exec(`DROP TRIGGER IF EXISTS ${name}`);
      database.exec('DROP TABLE IF EXISTS search');
      makeSearchTable(database);
      for (const statement of TRIGGERS) database.exec(statement);
      database.prepare('update meta set search_mark = 0, search_version = ?').run(SEARCH_VERSION);
    })
    .immediate();
}

/** Has an index that was made before obey this. */
function boundMerging(database: Database.Database): void {
  const at = database.prepare("SELECT v FROM search_config WHERE k = 'crisismerge'").pluck().get();
  if (at !== CRISIS_SEGMENTS) database.exec(CRISIS);
}

/** Makes the index by itself, without what has it follow the messages. */
export function makeSearchTable(database: Database.Database): void {
  for (const statement of TABLE) database.exec(statement);
}

/** What the index holds of a message: its key, its words, its conversation. */
export type IndexedRow = [id: number, words: string, thread: string];

/** Some messages of those behind a key and up to another, as they are indexed: for who keeps the index elsewhere. */
export function rowsToIndex(database: Database.Database, limit: number): (after: number, to: number) => IndexedRow[] {
  const read = database
    .prepare(`SELECT id, content, CAST(${threadOf('messages')} AS TEXT) FROM messages
      WHERE id > ? AND id <= ? AND ${isFound('messages')} ORDER BY id LIMIT ${limit}`)
    .raw();
  return (after, to) => {
    const rows = read.all(after, to) as IndexedRow[];
    for (const row of rows) row[1] = indexedText(row[1]);
    return rows;
  };
}

/** Indexes the messages behind a key, up to another one, as part of the caller's transaction. */
function rangeIndexer(database: Database.Database): (after: number, to: number) => void {
  const index = database.prepare(`INSERT INTO search (rowid, words, thread)
    SELECT id, indexed_text(content), ${threadOf('messages')} FROM messages
    WHERE id > ? AND id <= ? AND ${isFound('messages')} ORDER BY id`);
  return (after, to) => {
    index.run(after, to);
  };
}

/**
 * Indexing in steps. The function it gives indexes the messages that follow `mark` as part of the caller's transaction
 * and gives the new mark; `lastId` is the newest key of all.
 */
export function searchIndexer(database: Database.Database): (mark: number, lastId: number) => number {
  const bound = database.prepare('SELECT id FROM messages WHERE id > ? ORDER BY id LIMIT 1 OFFSET ?').pluck();
  const index = rangeIndexer(database);
  return (mark, lastId) => {
    const rows = lastId - mark < FAR_BEHIND ? STEP_ROWS : LONG_STEP_ROWS;
    const to = (bound.get(mark, rows - 1) as number | undefined) ?? lastId;
    index(mark, to);
    return to;
  };
}

/**
 * Merging in steps. Each step of indexing leaves a segment of its own, and every search looks into each: the engine's
 * own merging, in the transaction that indexes, took as long as the indexing. The function it gives merges some pages
 * as part of the caller's transaction and tells whether there is more to do.
 *
 * @param most pages of a level that is merged
 */
export function searchMerger(
  database: Database.Database,
  pages = MERGE_PAGES,
  most = MOST_MERGED_PAGES,
): () => boolean {
  const merge = database.prepare("INSERT INTO search (search, rank) VALUES ('merge', ?)");
  const changes = database.prepare('select total_changes()').pluck();
  const structure = database.prepare(`SELECT block FROM search_data WHERE id = ${STRUCTURE_ID}`).pluck();
  return () => {
    const due = pagesOfNextMerge(levelsOf(structure.get() as Uint8Array), FEWEST_MERGED);
    if (due === null || due > most) return false;
    const before = changes.get() as number;
    // Once a level is done the engine goes on with the next for what is left of the step, however large that is: a level
    // comes to its end in steps that leave nothing.
    merge.run(due > 2 * pages ? pages : 1);
    // The statement itself counts as one (https://sqlite.org/fts5.html#the_merge_command).
    return (changes.get() as number) - before >= 2;
  };
}

/** How much of the index is gathered in memory before it is written. It is kept in the file. */
export function gatherBefore(database: Database.Database, bytes: number): void {
  database.exec(`INSERT INTO search (search, rank) VALUES ('hashsize', ${bytes})`);
}

/**
 * Indexes all that is not indexed yet: for who has brought much in at once, before anybody searches. Each step gathers
 * in memory what many small ones would leave to be merged.
 */
export function indexAll(database: Database.Database): void {
  const index = rangeIndexer(database);
  const merge = searchMerger(database, MERGE_PAGES, Number.POSITIVE_INFINITY);
  const gather = (bytes: number) => gatherBefore(database, bytes);
  const where = database.prepare('select search_mark as mark, last_id as lastId from meta');
  const move = database.prepare('update meta set search_mark = ?');
  for (;;) {
    const { mark, lastId } = where.get() as { mark: number; lastId: number };
    if (mark >= lastId) break;
    const to = Math.min(mark + BULK_KEYS, lastId);
    database
      .transaction(() => {
        gather(BULK_GATHERED_BYTES);
        index(mark, to);
        // It is kept in the file: the server gathers no more than before.
        gather(GATHERED_BYTES);
        move.run(to);
      })
      .immediate();
  }
  while (database.transaction(merge).immediate());
}
