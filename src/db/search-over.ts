import { postgresSearch } from './postgres/search.ts';
import type { Questions } from './questions.ts';
import type { SearchQuestion } from './search-question.ts';
import { sqliteSearch } from './sqlite-search.ts';

/** How the engine behind the questions finds words. */
export function searchOver(db: Questions): SearchQuestion {
  return db.engine === 'sqlite' ? sqliteSearch(db) : postgresSearch(db);
}
