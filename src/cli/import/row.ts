/** What is read of a file: the rows of its tables, and what could not be read. */

export interface SourceRow {
  /** As the file calls it: a collection's or a table's name. */
  table: string;
  /** Where it begins, from 1. */
  line: number;
  /** By the names of the columns. */
  values: Readonly<Record<string, unknown>>;
}

export interface BadRow {
  line: number;
  /** One sentence without its end. */
  problem: string;
}

export type Row = SourceRow | BadRow;

/** Reads a text that comes in pieces. */
export interface RowReader {
  push(text: string): Row[];
  /** The text is at its end: what was cut off is told. */
  end(): Row[];
}

/** Longer rows are skipped: nothing that is brought in may fill the memory. */
export const MAX_ROW_LENGTH = 16 * 1024 * 1024;

/** How often the line changes in a text. */
export function lineBreaks(text: string, from = 0, to = text.length): number {
  let count = 0;
  for (let at = text.indexOf('\n', from); at >= 0 && at < to; at = text.indexOf('\n', at + 1)) count += 1;
  return count;
}

/** The values of a row by the names of its columns. */
export function named(columns: readonly string[], values: readonly unknown[]): Record<string, unknown> {
  const row: Record<string, unknown> = {};
  let at = 0;
  for (const column of columns) {
    row[column] = values[at];
    at += 1;
  }
  return row;
}
