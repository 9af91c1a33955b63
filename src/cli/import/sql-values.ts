/**
 * The rows of an INSERT statement as pg_dump and sqlite3's `.dump` write them: strings, E'' strings with backslashes,
 * X'' bytes, numbers, NULL, booleans, `::type`, and the calls by which sqlite3 writes line feeds.
 */
import { lineBreaks } from './row.ts';

export interface Inserted {
  table: string;
  /** Null: as the table was made. */
  columns: string[] | null;
  /** `line`: line feeds before the row, in the statement. */
  rows: { values: unknown[]; line: number }[];
}

/** Without its schema, as it was written between quotes. */
const NAME =
  /\s*(?:(?:"(?:[^"]|"")+"|`[^`]+`|\[[^\]]+\]|[\p{L}_][\p{L}\p{N}_$]*)\s*\.\s*)?("(?:[^"]|"")+"|`[^`]+`|\[[^\]]+\]|[\p{L}_][\p{L}\p{N}_$]*)/uy;
const INSERT = /\s*INSERT\s+(?:OR\s+\w+\s+)?INTO\b/iy;
const VALUES = /\s*(?:OVERRIDING\s+\w+\s+VALUE\s*)?VALUES\b/iy;
const NUMBER = /[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?/iy;
const WORD = /[A-Za-z_]+/y;
const TYPE =
  /\s*::\s*(?:"[^"]+"|[A-Za-z_][\w.]*(?:\s+(?:with(?:out)?\s+time\s+zone|varying|precision))?)(?:\(\d+(?:,\d+)?\))?(?:\[\])*/iy;
const SPACE = /\s*/y;
const BACKSLASHES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f' };
/** Calls nest as deep as there are kinds of line ends. */
const MAX_DEPTH = 8;

class Reader {
  readonly text: string;
  at = 0;

  constructor(text: string) {
    this.text = text;
  }

  match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text);
    if (found !== null) this.at = pattern.lastIndex;
    return found;
  }

  /** Whether that sign comes next; it is then behind us. */
  takes(sign: string): boolean {
    this.match(SPACE);
    if (!this.text.startsWith(sign, this.at)) return false;
    this.at += sign.length;
    return true;
  }

  need(sign: string): void {
    if (!this.takes(sign)) throw new SyntaxError(`there is no ${sign} where one has to be`);
  }

  name(): string {
    const name = this.match(NAME)?.[1];
    if (name === undefined) throw new SyntaxError('a name is missing');
    return unquoted(name);
  }

  /** To the end of a quoted string; the opening quote is behind us. */
  string(escapes: boolean): string {
    let value = '';
    for (;;) {
      const quote = this.text.indexOf("'", this.at);
      if (quote < 0) throw new SyntaxError('a string is not closed');
      const backslash = escapes ? this.text.indexOf('\\', this.at) : -1;
      if (backslash >= 0 && backslash < quote) {
        const sign = this.text[backslash + 1] ?? '';
        value += this.text.slice(this.at, backslash) + (BACKSLASHES[sign] ?? sign);
        this.at = backslash + 2;
        continue;
      }
      value += this.text.slice(this.at, quote);
      this.at = quote + 1;
      if (this.text[this.at] !== "'") return value;
      value += "'";
      this.at += 1;
    }
  }

  value(depth = 0): unknown {
    this.match(SPACE);
    const value = this.bare(depth);
    while (this.match(TYPE) !== null);
    return value;
  }

  private bare(depth: number): unknown {
    if (this.takes("'")) return this.string(false);
    const number = this.match(NUMBER)?.[0];
    // Ids may be larger than what a number holds.
    if (number !== undefined)
      return Number.isSafeInteger(Number(number)) || /[.e]/i.test(number) ? Number(number) : number;
    const word = this.match(WORD)?.[0].toLowerCase();
    if (word === undefined) throw new SyntaxError('a value is missing');
    if (this.text[this.at] === "'") {
      this.at += 1;
      const text = this.string(word === 'e');
      return word === 'x' ? Buffer.from(text, 'hex').toString('utf8') : text;
    }
    if (word === 'null') return null;
    if (word === 'true' || word === 'false') return word === 'true';
    if (depth < MAX_DEPTH && this.takes('(')) return called(word, this.list(depth + 1));
    throw new SyntaxError('a value cannot be read');
  }

  /** Values up to the closing bracket; the opening one is behind us. */
  list(depth: number): unknown[] {
    const values: unknown[] = [];
    do values.push(this.value(depth));
    while (this.takes(','));
    this.need(')');
    return values;
  }
}

/** What sqlite3 writes for text with line ends and control characters. */
function called(name: string, given: unknown[]): unknown {
  const [first, second, third] = given.map(String);
  if (name === 'replace' && given.length === 3) return first?.replaceAll(second ?? '', third ?? '');
  if (name === 'char') return given.map((code) => String.fromCodePoint(Number(code))).join('');
  if (name === 'unistr') {
    return first?.replaceAll(/\\(?:u([0-9a-f]{4})|\+([0-9a-f]{6})|([0-9a-f]{4})|(\\))/gi, (_, ...codes) => {
      const code = codes.slice(0, 3).find((one) => one !== undefined);
      return code === undefined ? '\\' : String.fromCodePoint(Number.parseInt(code, 16));
    });
  }
  throw new SyntaxError('a value is a call that is not known');
}

/** A name without its quotes. */
export function unquoted(name: string): string {
  return /^["`[]/.test(name) ? name.slice(1, -1).replaceAll('""', '"') : name;
}

/** Null: it is another statement. Throws a `SyntaxError` for an INSERT that cannot be read. */
export function readInsert(statement: string): Inserted | null {
  const reader = new Reader(statement);
  if (reader.match(INSERT) === null) return null;
  const table = reader.name();
  let columns: string[] | null = null;
  if (reader.takes('(')) {
    columns = [];
    do columns.push(reader.name());
    while (reader.takes(','));
    reader.need(')');
  }
  if (reader.match(VALUES) === null) throw new SyntaxError('the statement has no VALUES');
  const rows: Inserted['rows'] = [];
  let line = 0;
  let counted = 0;
  do {
    reader.need('(');
    line += lineBreaks(statement, counted, reader.at);
    counted = reader.at;
    rows.push({ values: reader.list(0), line });
  } while (reader.takes(','));
  reader.match(/\s*(?:ON\s+CONFLICT\s+DO\s+NOTHING)?\s*/iy);
  if (reader.at < statement.length) throw new SyntaxError('something stands behind the values');
  return { table, columns, rows };
}

const CREATE = /^\s*CREATE\s+(?:UNLOGGED\s+)?TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?/iy;
const NO_COLUMN = /^(?:constraint|primary|unique|check|foreign|exclude|key|like)\b/i;

/** The columns of a CREATE TABLE in their order; null: it is another statement, or one that cannot be read. */
export function readCreate(statement: string): { table: string; columns: string[] } | null {
  const reader = new Reader(statement);
  if (reader.match(CREATE) === null) return null;
  try {
    const table = reader.name();
    reader.need('(');
    const columns = definitions(withoutComments(statement.slice(reader.at))).flatMap((definition) => {
      if (NO_COLUMN.test(definition)) return [];
      return [new Reader(definition).name()];
    });
    return { table, columns };
  } catch {
    return null;
  }
}

/** SQLite's dump has a table as its maker wrote it, with what they had to say. */
function withoutComments(text: string): string {
  return text.replaceAll(/('(?:[^']|'')*'|"(?:[^"]|"")*"|`[^`]*`)|--[^\n]*|\/\*[\s\S]*?\*\//g, (_, kept = ' ') => kept);
}

/** What stands between the commas that are in no bracket and no string. */
function definitions(body: string): string[] {
  const found: string[] = [];
  let depth = 0;
  let from = 0;
  for (const { 0: sign, index } of body.matchAll(/'(?:[^']|'')*'|"(?:[^"]|"")*"|`[^`]*`|[(),]/g)) {
    if (sign === '(') depth += 1;
    else if (sign === ')' && depth > 0) depth -= 1;
    else if ((sign === ',' && depth === 0) || sign === ')') {
      found.push(body.slice(from, index).trim());
      from = index + 1;
      if (sign === ')') break;
    }
  }
  return found.filter((definition) => definition !== '');
}
