/** The two ends of a transfer: a store that is read, and one that is filled. */
import type { Row, Table, Value } from './table.ts';

/** Which state of a store is taken along: every commit moves the position. */
export interface Origin {
  epoch: string;
  position: number;
}

export interface Side {
  count(table: Table): Promise<number>;
  /** At most `limit` rows behind a key, in the order of the keys, byte by byte; from the first on behind null. */
  rows(table: Table, after: Row | null, limit: number): Promise<Row[]>;
  close(): Promise<void>;
}

export interface Source extends Side {
  /** The row of `meta`. */
  meta(): Promise<Row>;
  /** What its server signs with; null: it has none. */
  secret(): Promise<Buffer | null>;
}

export interface Target extends Side {
  /** What it keeps of a value that it cannot keep as it is. */
  keeps(value: Value): Value;
  /**
   * Makes room for what is to come of an origin. Gives whether it goes on with what is there: the same origin was
   * begun, and not spoilt.
   */
  begin(origin: Origin): Promise<boolean>;
  /** Throws a `StartError` where another one is there that may be in use. */
  keepSecret(secret: Buffer): Promise<void>;
  /** The greatest key; null: there is no row. */
  lastKey(table: Table): Promise<Row | null>;
  /** All of them, or none. */
  put(table: Table, rows: readonly Row[]): Promise<void>;
  /** What was laid down is not what it should be: the next one begins anew. */
  spoil(): Promise<void>;
  /** Makes it a database that a server can open, which it was not until now. @param onStep told the share that is done */
  finish(meta: Row, onStep: (share: number) => void): Promise<void>;
}
