/**
 * The text of a question for PostgreSQL. Questions are worded with Drizzle's builders for SQLite, and PostgreSQL takes their
 * text as it is: what the engines say differently is worded for each (engine-words.ts), and a test has PostgreSQL prepare
 * every statement that there is. Only what is given has numbers here.
 */

export interface Text {
  text: string;
  /** What is given by name: for each of PostgreSQL's numbers its own. Of what is given by place: empty texts. */
  names: string[];
}

const QUOTED_OR_GIVEN = /'[^']*'|"[^"]*"|\?|\$([a-z]\w*)/gi;

/** @param said with `?`, or `$name`, for what is given */
export function textOf(said: string): Text {
  const names: string[] = [];
  const text = said.replace(QUOTED_OR_GIVEN, (found: string, name?: string) => {
    if (found !== '?' && name === undefined) return found;
    const known = name === undefined ? -1 : names.indexOf(name);
    return `$${known >= 0 ? known + 1 : names.push(name ?? '')}`;
  });
  return { text, names };
}
