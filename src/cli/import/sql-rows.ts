/**
 * A dump of SQL: INSERT statements, and pg_dump's COPY blocks; everything else passes by. A statement that cannot be read
 * costs its first line, not the file: what follows that line is read anew.
 */
import { lineBreaks, MAX_ROW_LENGTH, named, type Row, type RowReader } from './row.ts';
import { readCreate, readInsert, unquoted } from './sql-values.ts';

const NAME = String.raw`(?:"(?:[^"]|"")+"|[\p{L}_][\p{L}\p{N}_$]*)`;
/** Exported to be looked at with the others. */
export const COPY = new RegExp(
  String.raw`^COPY\s+(?:${NAME}\s*\.\s*)?(${NAME})\s*(?:\(([^)]*)\))?\s+FROM\s+stdin\b`,
  'iu',
);
/** What is looked for to find a statement's end: what opens a text in which a semicolon means nothing, and that. */
const MARK = /'|"|`|;|--|\/\*|\$(?:[A-Za-z_]\w*)?\$/g;
const BLANK = /(?:\s|--[^\n]*(?:\n|$)|\/\*[\s\S]*?\*\/|\\[^\n]*(?:\n|$))+/y;
const ESCAPES: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' };

interface Copying {
  table: string;
  columns: string[];
}

export class SqlRows implements RowReader {
  private text = '';
  /** Where the next statement or line begins in `text`, and its line. */
  private at = 0;
  private line = 1;
  /** Whether the rest of a line that was given up is still to come. */
  private skipping = false;
  private copying: Copying | null = null;
  private readonly tables = new Map<string, string[]>();

  push(text: string): Row[] {
    this.text = this.text.slice(this.at) + text;
    this.at = 0;
    if (this.skipping) this.skipLine();
    return this.read(false);
  }

  end(): Row[] {
    const rows = this.read(true);
    if (this.copying !== null) rows.push({ line: this.line, problem: 'the file ends within a COPY block' });
    return rows;
  }

  private read(final: boolean): Row[] {
    const rows: Row[] = [];
    for (;;) {
      const found = this.copying === null ? this.statement(final) : this.copied(this.copying, final);
      if (found === null) return rows;
      for (const row of found) rows.push(row);
    }
  }

  /** What of the line has not come yet passes by when it comes. */
  private skipLine(): void {
    const end = this.text.indexOf('\n', this.at);
    this.skipping = end < 0;
    this.moveTo(end < 0 ? this.text.length : end + 1);
  }

  private moveTo(next: number): void {
    this.line += lineBreaks(this.text, this.at, next);
    this.at = next;
  }

  private bad(problem: string): Row[] {
    const { line } = this;
    this.skipLine();
    return [{ line, problem }];
  }

  /** The rows of the next statement; null: it is not there yet, or there is none. */
  private statement(final: boolean): Row[] | null {
    BLANK.lastIndex = this.at;
    const blank = BLANK.exec(this.text);
    // A comment at the end of a piece may go on in the next.
    if (blank !== null && (final || BLANK.lastIndex < this.text.length)) this.moveTo(BLANK.lastIndex);
    if (this.at >= this.text.length) return null;
    const end = statementEnd(this.text, this.at);
    if (end === null) {
      if (!final && this.text.length - this.at <= MAX_ROW_LENGTH) return null;
      return this.bad('a statement begins here and does not end');
    }
    const statement = this.text.slice(this.at, end - 1);
    const copy = COPY.exec(statement);
    if (copy !== null) return this.beginCopy(copy, end, final);
    try {
      const rows = this.inserted(statement);
      this.moveTo(end);
      return rows;
    } catch (error) {
      return this.bad((error as Error).message);
    }
  }

  private inserted(statement: string): Row[] {
    const insert = readInsert(statement);
    if (insert === null) {
      const create = readCreate(statement);
      if (create !== null) this.tables.set(create.table, create.columns);
      return [];
    }
    const columns = insert.columns ?? this.tables.get(insert.table);
    if (columns === undefined)
      throw new SyntaxError('the statement names no columns, and its table was not made before');
    return insert.rows.map(({ values, line }) => this.named(insert.table, columns, values, this.line + line));
  }

  private named(table: string, columns: readonly string[], values: readonly unknown[], line: number): Row {
    if (values.length !== columns.length) {
      return { line, problem: `the row has ${values.length} values, and the table ${columns.length} columns` };
    }
    return { table, line, values: named(columns, values) };
  }

  private beginCopy([, name = '', list]: RegExpExecArray, end: number, final: boolean): Row[] | null {
    const lineEnd = this.text.indexOf('\n', end);
    if (lineEnd < 0 && !final) return null;
    const table = unquoted(name);
    const columns = list?.split(',').map((column) => unquoted(column.trim())) ?? this.tables.get(table) ?? [];
    this.moveTo(lineEnd < 0 ? this.text.length : lineEnd + 1);
    this.copying = { table, columns };
    return [];
  }

  /** The next line of a COPY block. */
  private copied({ table, columns }: Copying, final: boolean): Row[] | null {
    const end = this.text.indexOf('\n', this.at);
    if (end < 0) {
      if (this.text.length - this.at > MAX_ROW_LENGTH) return this.bad('the line is too long');
      if (!final || this.at >= this.text.length) return null;
    }
    const { line } = this;
    const whole = this.text.slice(this.at, end < 0 ? this.text.length : end);
    const text = whole.endsWith('\r') ? whole.slice(0, -1) : whole;
    this.line += 1;
    this.at = end < 0 ? this.text.length : end + 1;
    if (text === '\\.') {
      this.copying = null;
      return [];
    }
    return [this.named(table, columns, text.split('\t').map(copiedValue), line)];
  }
}

function copiedValue(field: string): string | null {
  if (field === '\\N') return null;
  if (!field.includes('\\')) return field;
  return field.replaceAll(/\\(x[0-9a-fA-F]{1,2}|[0-7]{1,3}|[\s\S])/g, (_, sign: string) => {
    if (sign.length > 1 && sign.startsWith('x')) return String.fromCharCode(Number.parseInt(sign.slice(1), 16));
    if (/^[0-7]/.test(sign)) return String.fromCharCode(Number.parseInt(sign, 8));
    return ESCAPES[sign] ?? sign;
  });
}

/** Behind the semicolon that ends the statement; null: it is not there. */
function statementEnd(text: string, from: number): number | null {
  MARK.lastIndex = from;
  for (let mark = MARK.exec(text); mark !== null; mark = MARK.exec(text)) {
    const [sign] = mark;
    if (sign === ';') return MARK.lastIndex;
    const end = textEnd(text, sign, mark.index);
    if (end === null) return null;
    MARK.lastIndex = end;
  }
  return null;
}

/** Where what `sign` opens at `from` is closed again. */
function textEnd(text: string, sign: string, from: number): number | null {
  const after = from + sign.length;
  const closing = sign === '--' ? '\n' : sign === '/*' ? '*/' : sign;
  if (sign === "'" && /[eE]/.test(text[from - 1] ?? '') && !/[\w"]/.test(text[from - 2] ?? '')) {
    return escapedEnd(text, after);
  }
  const end = text.indexOf(closing, after);
  return end < 0 ? null : end + closing.length;
}

/** Of a string in which a backslash takes the quote's meaning away. */
function escapedEnd(text: string, from: number): number | null {
  for (let at = from; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1;
    else if (text[at] === "'") return at + 1;
  }
  return null;
}
