/** Whether the tables, indexes and triggers of a file are those that Parley made: SQLite reads over many a wrong letter. */
import Database from 'better-sqlite3';
import { migrations } from './migrations.ts';
import type { ConnectionOptions } from './pragmas.ts';
import { ensureSearchIndex, SEARCH_NAMES, SEARCH_VERSION } from './search-index.ts';

/** The first schema with a search index. */
const WITH_INDEX = 2;
const OF_KNOWN_ENGINE = /^CREATE VIRTUAL TABLE search USING fts5 ?\(/;

/**
 * Compares with what the migrations make of an empty file.
 *
 * @param schema of the file: the newest migration that it knows
 * @returns the names of what is missing or reads otherwise
 */
export function strangeInSchema(
  database: Database.Database,
  schema: number,
  { nativeBinding }: ConnectionOptions,
): string[] {
  const found = new Map(schemaOf(database));
  const own = new Database(':memory:', nativeBinding === undefined ? {} : { nativeBinding });
  try {
    for (const { id, sql } of migrations) if (id <= schema) for (const statement of sql) own.exec(statement);
    if (schema >= WITH_INDEX && searchVersion(database) === SEARCH_VERSION) ensureSearchIndex(own);
    const index = found.get('search');
    // One of a former version is made anew at the next start, which has to know its engine to take it away.
    const unknown = index === undefined || OF_KNOWN_ENGINE.test(index) ? [] : ['search'];
    const strange = schemaOf(own)
      .filter(([name]) => !name.startsWith('search_') || SEARCH_NAMES.includes(name))
      .filter(([name, sql]) => found.get(name) !== sql)
      .map(([name]) => name);
    return [...new Set([...unknown, ...strange])];
  } finally {
    own.close();
  }
}

/** What SQLite makes by itself has no text. */
function schemaOf(database: Database.Database): [name: string, sql: string][] {
  return database.prepare('select name, sql from sqlite_schema where sql is not null').raw().all() as [
    string,
    string,
  ][];
}

function searchVersion(database: Database.Database): unknown {
  return database.prepare('select search_version from meta').pluck().get();
}
