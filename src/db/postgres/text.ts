/**
 * The text of a question for PostgreSQL. Questions are worded with Drizzle's builders for SQLite, and but for the words
 * below PostgreSQL takes them as they are: a test has it prepare every statement that there is.
 */
import { getTableColumns } from 'drizzle-orm';
import { toSnakeCase as snake } from 'drizzle-orm/casing';
import type { SQLiteColumn } from 'drizzle-orm/sqlite-core';
import { kindOf } from '../column-kinds.ts';
import { writtenTables } from '../written-tables.ts';

export interface Text {
  text: string;
  /** What is given by name: for each of PostgreSQL's numbers its own. Of what is given by place: empty texts. */
  names: string[];
}

const BOOLEANS = Object.values(writtenTables).flatMap(({ table }) =>
  Object.values<SQLiteColumn>(getTableColumns(table))
    .filter((column) => kindOf(column) === 'boolean')
    .map(({ name }) => snake(name)),
);

const COLUMN = String.raw`(?:"\w+"\.)?"\w+"`;
const quotedOrGiven = /'[^']*'|"[^"]*"|\?|[$@](\w+)/g;

/** What only SQLite says, and how PostgreSQL says the same. */
const WORDS: readonly [RegExp, (...found: string[]) => string][] = [
  // Keys as a JSON array: one value, so that one text fits any number of them.
  [
    /in \(select value from json_each\((\$\d+)\)\)/g,
    (_, keys) => `= any(array(select value::bigint from json_array_elements_text(${keys})))`,
  ],
  // Without what is given for it, PostgreSQL's own words for this cannot go by an index.
  [new RegExp(`(${COLUMN}) is (\\$\\d+)`, 'g'), (_, of, to) => `(${of} = ${to} or (${of} is null and ${to} is null))`],
  [new RegExp(`(${COLUMN}) is not (\\$\\d+)`, 'g'), (_, of, to) => `${of} is distinct from ${to}`],
  [new RegExp(`("(?:${BOOLEANS.join('|')})") = 1`, 'g'), (_, column = '') => column],
  [
    new RegExp(`json_extract\\((${COLUMN}), '\\$\\.([\\w.]+)'\\)`, 'g'),
    (_, of, path = '') => `(${of} #>> '{${path.replaceAll('.', ',')}}')::bigint`,
  ],
  // A sign that tells SQLite's planner not to take the column's index.
  [/(?<=[\s(])\+(?=")/g, () => ''],
];

/** @param said with `?`, or `$name`, for what is given */
export function textOf(said: string): Text {
  const names: string[] = [];
  const numbered = said.replace(quotedOrGiven, (found: string, name?: string) => {
    if (found !== '?' && name === undefined) return found;
    const known = name === undefined ? -1 : names.indexOf(name);
    if (known >= 0) return `$${known + 1}`;
    return `$${names.push(name ?? '')}`;
  });
  return { text: WORDS.reduce((text, [words, own]) => text.replace(words, own), numbered), names };
}
