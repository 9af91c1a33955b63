/** PostgreSQL finds words by the index of search-index.ts. */
import type { Questions } from '../questions.ts';
import type { SearchQuestion } from '../search-question.ts';

/** Before what stands for a conversation: no word begins with it. */
export const THREAD = '#';

const TEXT = `select id from search where words @@ $words::tsquery and id < $before order by id desc limit $limit`;

/** A word as PostgreSQL's queries take any text. */
const said = (word: string): string => `'${word.replaceAll("'", "''").replaceAll('\\', '\\\\')}'`;

/** It finds what holds the words of a phrase anywhere: those who ask look once more (chat/readings/search.ts). */
export function postgresSearch(db: Questions): SearchQuestion {
  const inIndex = db.inWords<{ words: string; before: number; limit: number }, { id: number }>(TEXT);
  return async ({ sought, threads, before, limit }) => {
    if (threads?.length === 0) return [];
    const words = sought.flatMap(({ terms, prefix }) =>
      terms.map((term, index) => said(term) + (prefix && index === terms.length - 1 ? ':*' : '')),
    );
    const among = threads?.map((thread) => said(THREAD + thread)).join(' | ');
    const query = [...words, ...(among === undefined ? [] : [`(${among})`])].join(' & ');
    const found = await inIndex.all({ words: query, before, limit });
    return found.map(({ id }) => id);
  };
}
