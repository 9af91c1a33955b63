/** SQLite finds words by the full-text index of search-index.ts. */
import type { Questions } from './questions.ts';
import type { SearchQuestion } from './search-question.ts';

const TEXT =
  'select rowid as id from search where search match $words and rowid < $before order by rowid desc limit $limit';

export function sqliteSearch(db: Questions): SearchQuestion {
  const inIndex = db.inWords<{ words: string; before: number; limit: number }, { id: number }>(TEXT);
  return async ({ sought, threads, before, limit }) => {
    const said = sought.map(({ terms, prefix }) => `"${terms.join(' ')}"${prefix ? ' *' : ''}`).join(' AND ');
    const among = threads === null ? '' : ` AND {thread} : (${threads.map((one) => `"${one}"`).join(' OR ')})`;
    const found = await inIndex.all({ words: `{words} : (${said})${among}`, before, limit });
    return found.map(({ id }) => id);
  };
}
