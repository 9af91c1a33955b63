/** JSON lines as mongoexport writes them, in its extended JSON of either mode, or plain. */
import { Lines } from './lines.ts';
import type { Row, RowReader } from './row.ts';

export class JsonRows implements RowReader {
  private readonly lines = new Lines();
  private readonly table: string;

  constructor(table: string) {
    this.table = table;
  }

  push(text: string): Row[] {
    return this.lines.push(text).flatMap((line) => this.row(line));
  }

  end(): Row[] {
    return this.lines.end().flatMap((line) => this.row(line));
  }

  private row({ line, text }: { line: number; text: string | null }): Row[] {
    if (text === null) return [{ line, problem: 'the line is too long' }];
    if (text.trim() === '') return [];
    try {
      const values: unknown = JSON.parse(text);
      if (typeof values === 'object' && values !== null && !Array.isArray(values)) {
        return [{ table: this.table, line, values: values as Record<string, unknown> }];
      }
    } catch {
      // The parser's own words quote the line, which is somebody's text.
    }
    return [{ line, problem: 'the line is no JSON object' }];
  }
}

/** A value without MongoDB's wrappers: ids and large numbers as text, times as the driver tells them. */
export function plain(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const keys = Object.keys(value);
  const [key = ''] = keys;
  if (keys.length !== 1 || !key.startsWith('$')) return value;
  const inner = (value as Record<string, unknown>)[key];
  switch (key) {
    case '$oid':
    case '$numberLong':
    case '$numberInt':
    case '$numberDouble':
    case '$numberDecimal':
    case '$uuid':
    case '$symbol':
      return inner;
    case '$date':
      return plain(inner);
    case '$timestamp': {
      const { t } = (inner ?? {}) as { t?: unknown };
      return typeof t === 'number' ? t * 1000 : null;
    }
    case '$binary': {
      const { base64 } = (inner ?? {}) as { base64?: unknown };
      return typeof base64 === 'string' ? Buffer.from(base64, 'base64').toString('hex') : null;
    }
    case '$undefined':
      return null;
    default:
      return value;
  }
}
