/** Reads a file of any of the forms, a piece at a time, and hands over its rows. */
import { closeSync, createReadStream, openSync, readSync } from 'node:fs';
import { basename, extname } from 'node:path';
import { StartError } from '../../db/start-error.ts';
import { CsvRows } from './csv-rows.ts';
import { JsonRows } from './json-rows.ts';
import type { Row, RowReader } from './row.ts';
import { SqlRows } from './sql-rows.ts';

const PIECE_BYTES = 256 * 1024;
const SNIFFED_BYTES = 4096;
const EXTENSIONS: ReadonlyMap<string, Form> = new Map([
  ['.csv', 'csv'],
  ['.tsv', 'csv'],
  ['.sql', 'sql'],
  ['.json', 'json'],
  ['.jsonl', 'json'],
  ['.ndjson', 'json'],
]);

type Form = 'csv' | 'sql' | 'json';

/** A file to be read, and what the rows of one without tables are: `messages=chat.csv`, or the file's own name. */
export interface SourceFile {
  path: string;
  table: string;
}

/** A file whose form is known. */
export interface ReadableFile extends SourceFile {
  form: Form;
}

export function sourceFile(given: string): SourceFile {
  const [, table, path] = /^([A-Za-z_]+)=(.+)$/.exec(given) ?? [];
  if (table !== undefined && path !== undefined) return { path, table };
  return { path: given, table: basename(given, extname(given)) };
}

/** Throws a `StartError` for what cannot be read. */
export function recognised(file: SourceFile): ReadableFile {
  const beginning = beginningOf(file.path);
  const form = EXTENSIONS.get(extname(file.path).toLowerCase()) ?? formOf(beginning);
  if (form === 'json' && beginning.startsWith('[')) {
    throw new StartError(`${file.path} is one JSON array: export it as JSON lines (mongoexport without --jsonArray).`);
  }
  return { ...file, form };
}

/** The rows of each piece, and its bytes. */
export async function* piecesIn(file: ReadableFile): AsyncGenerator<{ rows: Row[]; bytes: number }> {
  const reader = readerOf(file);
  const decoder = new TextDecoder();
  for await (const piece of createReadStream(file.path, { highWaterMark: PIECE_BYTES })) {
    const bytes = piece as Buffer;
    yield { rows: reader.push(decoder.decode(bytes, { stream: true })), bytes: bytes.length };
  }
  yield { rows: [...reader.push(decoder.decode()), ...reader.end()], bytes: 0 };
}

function readerOf({ form, table }: ReadableFile): RowReader {
  if (form === 'csv') return new CsvRows(table);
  return form === 'sql' ? new SqlRows() : new JsonRows(table);
}

function formOf(beginning: string): Form {
  if (/^[{[]/.test(beginning)) return 'json';
  return /^(?:--|\/\*|\\|(?:pragma|begin|insert|create|set|copy|select|drop|alter)\b)/i.test(beginning) ? 'sql' : 'csv';
}

/** The first signs that are no blanks. Throws a `StartError` for what is no file of text. */
function beginningOf(path: string): string {
  const bytes = Buffer.alloc(SNIFFED_BYTES);
  let length: number;
  try {
    const descriptor = openSync(path, 'r');
    try {
      length = readSync(descriptor, bytes);
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    throw new StartError(`${path} cannot be read (${(error as Error).message}).`, { cause: error });
  }
  const beginning = bytes.subarray(0, length);
  if (beginning.includes(0)) throw new StartError(`${path} is no text in UTF-8.`);
  return new TextDecoder().decode(beginning).trimStart();
}
