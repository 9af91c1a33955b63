/**
 * Comma-separated values (RFC 4180), the first record being the names of the columns; `;` and tabs separate too. What
 * stands without quotes and is empty, `\N` or NULL is no value. A broken record costs its first line, not the file: what
 * follows that line is read anew.
 */
import { lineBreaks, MAX_ROW_LENGTH, named, type Row, type RowReader } from './row.ts';

const DELIMITERS = [',', ';', '\t'];
const NOTHING = new Set(['', '\\N', 'NULL']);
const LINE_END = 10;

/** The fields of one record and where the next one begins. */
type Parsed = { fields: (string | null)[]; next: number };

export class CsvRows implements RowReader {
  private readonly table: string;
  private text = '';
  /** Where the next record begins in `text`, and its line. */
  private at = 0;
  private line = 1;
  /** Whether the rest of a line that was given up is still to come. */
  private skipping = false;
  private header: string[] | null = null;
  private delimiter = ',';

  constructor(table: string) {
    this.table = table;
  }

  push(text: string): Row[] {
    this.text = this.text.slice(this.at) + text;
    this.at = 0;
    if (this.skipping) this.skipLine();
    return this.read(false);
  }

  end(): Row[] {
    return this.read(true);
  }

  private read(final: boolean): Row[] {
    const rows: Row[] = [];
    while (this.at < this.text.length) {
      if (this.header === null) this.delimiter = delimiterOf(this.text, this.at);
      const parsed = this.record(final);
      if (parsed === 'more' && !final && this.text.length - this.at <= MAX_ROW_LENGTH) break;
      if (parsed === 'more') rows.push(this.bad('a quote is opened here and not closed'));
      else if (parsed === 'junk') rows.push(this.bad('a quote is closed within a field'));
      else rows.push(...this.row(parsed));
    }
    return rows;
  }

  private row({ fields, next }: Parsed): Row[] {
    const { header, line } = this;
    if (fields.length === 1 && fields[0] === null) {
      this.moveTo(next);
      return [];
    }
    if (header === null) {
      this.header = fields.map((field) => field?.trim() ?? '');
      this.moveTo(next);
      return [];
    }
    if (fields.length !== header.length) {
      return [this.bad(`the record has ${fields.length} fields, and the header has ${header.length}`)];
    }
    this.moveTo(next);
    return [{ table: this.table, line, values: named(header, fields) }];
  }

  /** Gives up the first line of a record. */
  private bad(problem: string): Row {
    const { line } = this;
    this.skipLine();
    return { line, problem };
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

  /** `more`: its end is not there yet; `junk`: there is something behind a closed quote. */
  private record(final: boolean): Parsed | 'more' | 'junk' {
    const { text, delimiter } = this;
    const fields: (string | null)[] = [];
    for (let at = this.at; ; at += 1) {
      if (text[at] === '"') {
        const quoted = quotedField(text, at + 1, final);
        if (quoted === null) return 'more';
        fields.push(quoted.value);
        at = quoted.end;
        if (text[at] === '\r' && (text[at + 1] === '\n' || at + 1 === text.length)) at += 1;
      } else {
        const end = plainEnd(text, at, delimiter);
        if (end === text.length && !final) return 'more';
        const value = text.slice(at, end);
        const field = text[end] !== delimiter && value.endsWith('\r') ? value.slice(0, -1) : value;
        fields.push(NOTHING.has(field) ? null : field);
        at = end;
      }
      if (at >= text.length) return final ? { fields, next: text.length } : 'more';
      if (text[at] === '\n') return { fields, next: at + 1 };
      if (text[at] !== delimiter) return 'junk';
    }
  }
}

/** Where a field without quotes ends. */
function plainEnd(text: string, from: number, delimiter: string): number {
  const sign = delimiter.charCodeAt(0);
  let at = from;
  for (; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === sign || code === LINE_END) break;
  }
  return at;
}

/** @returns null: its end is not there yet; `end` stands behind the closing quote */
function quotedField(text: string, from: number, final: boolean): { value: string; end: number } | null {
  let value = '';
  let at = from;
  for (;;) {
    const quote = text.indexOf('"', at);
    if (quote < 0 || (quote + 1 === text.length && !final)) return null;
    value += text.slice(at, quote);
    if (text[quote + 1] !== '"') return { value, end: quote + 1 };
    value += '"';
    at = quote + 2;
  }
}

/** The sign that the header has most of. */
function delimiterOf(text: string, from: number): string {
  const end = text.indexOf('\n', from);
  const header = text.slice(from, end < 0 ? text.length : end);
  const counts = DELIMITERS.map((sign) => ({ sign, count: header.split(sign).length }));
  return counts.reduce((most, next) => (next.count > most.count ? next : most)).sign;
}
